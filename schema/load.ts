/** Reads a configuration directory: `platform.yaml` and `environments/*.yaml`. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { StrataError } from "../constructs/core/errors";
import { environmentSchema } from "./environment";
import { suggest } from "./load/nearest";
import { inOrder } from "./load/order";
import { read } from "./load/read";
import { readSource, shown } from "./load/source";
import { strayFiles } from "./load/stray";
import type { Platform } from "./model";
import { platformSchema } from "./platform";
import { resolvePlatform } from "./resolve";
import type { WrittenEnvironment } from "./resolve/environments";
import { Report } from "./resolve/report";
import { contextOf } from "./resolve/start";

export interface LoadOptions {
  /** Read this environment's document and no other. @default - all of them */
  readonly only?: string;
}

/**
 * Reads, checks and completes a configuration.
 *
 * @throws StrataError with every problem of every file, each with its file, line, path, value and what would be right
 */
export function loadPlatform(dir: string, options: LoadOptions = {}): Platform {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) {
    const fix = "Run `npx strata init` to write one, or name another directory.";
    throw StrataError.of({ where: shown(dir), problem: "there is no configuration here", fix });
  }
  const source = readSource(join(dir, "platform.yaml"));
  const stems = options.only === undefined ? allStems(dir) : [onlyStem(dir, options.only)];
  const report = new Report();
  const platform = read(source, platformSchema(), PLATFORM_SPARES, report);
  const environments = stems.map((stem) => {
    const file = readSource(join(dir, "environments", `${stem}.yaml`));
    return { stem, source: file, ...read<WrittenEnvironment["document"]>(file, environmentSchema(), {}, report) };
  });
  const issues = [
    ...platform.issues,
    ...environments.flatMap((each) => each.issues),
    ...(options.only === undefined ? strayFiles(dir) : []),
  ];
  const result =
    platform.document === undefined
      ? undefined
      : resolvePlatform(
          contextOf(source, platform.document, platform.damaged, report),
          environments.flatMap(({ stem, source: file, document }) =>
            document === undefined ? [] : [{ stem, source: file, document }],
          ),
        );
  const all = [...issues, ...report.issues];
  if (result === undefined || all.length > 0) throw new StrataError(inOrder(all, shown(dir)));
  return { ...result, charts: located(result.charts, dir) };
}

/** The mirror stands where platform.yaml says, seen from the folder of platform.yaml. */
function located({ mirror }: Platform["charts"], dir: string): Platform["charts"] {
  return mirror === undefined ? {} : { mirror: isAbsolute(mirror) ? mirror : join(dir, mirror) };
}

/** Stand in for what the root of a broken platform.yaml lacks, so that the rest is still checked. */
const PLATFORM_SPARES = {
  organisation: "unknown",
  contact: "unknown@unknown.example",
  domains: { public: "unknown.example" },
  zones: {},
  clusters: {},
};

function allStems(dir: string): readonly string[] {
  const folder = join(dir, "environments");
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml") && !file.startsWith("."))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

function onlyStem(dir: string, name: string): string {
  const stems = allStems(dir);
  if (stems.includes(name)) return name;
  const where = shown(join(dir, "environments"));
  throw StrataError.of({ where, problem: `there is no environment ${name}`, fix: suggest(name, stems, "environment") });
}
