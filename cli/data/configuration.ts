import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import { loadPlatform } from "../../schema/load";
import type { Environment, Platform } from "../../schema/model";
import type { Session } from "../session";

/** Which configuration a command reads. */
export interface ConfigurationOptions {
  /** Folder of platform.yaml. @default - STRATA_CONFIG, or `config` */
  readonly config?: string;
}

/** One environment of a configuration, and the file that says so. */
export interface Configuration {
  /** Folder of platform.yaml. */
  readonly folder: string;
  /** The same as a user would type it. */
  readonly shownFolder: string;
  readonly platform: Platform;
  readonly environment: Environment;
  /** The environment's document. */
  readonly file: string;
}

/** Folder of the configuration. */
export function folderOf({ config }: ConfigurationOptions, { cwd, env }: Session): string {
  return path.resolve(cwd, config ?? env.STRATA_CONFIG ?? "config");
}

/**
 * Reads platform.yaml and the document of one environment.
 *
 * @throws StrataError with everything that is wrong with the two, and the nearest names for an unknown environment
 */
export function readConfiguration(options: ConfigurationOptions, name: string, session: Session): Configuration {
  const folder = folderOf(options, session);
  const platform = loadPlatform(folder, { only: name });
  const environment = platform.environments.find((each) => each.name === name);
  if (environment === undefined) {
    const fix = "Use the name of a file in environments/, without its extension.";
    throw StrataError.of({ where: folder, problem: "there is no such environment", value: name, fix });
  }
  const shownFolder = path.relative(session.cwd, folder) || ".";
  return { folder, shownFolder, platform, environment, file: path.join(folder, "environments", `${name}.yaml`) };
}
