import { isDnsLabel, slug } from "../../constructs/core/names";
import { unknownEnvironment } from "../unknown-environment";
import type { Declarations } from "./declarations";

/** Paths of clusters stand beside those of environments. */
const NO_ENVIRONMENT = ["clusters"];

/** Whether a name can be that of an environment, as paths write it. */
export function isEnvironment(name: string): boolean {
  return isDnsLabel(name) && !NO_ENVIRONMENT.includes(name);
}

/** Folder that holds the paths of an environment. @default - all paths */
export function folderOf(environment: string | undefined): string {
  return environment === undefined ? "" : `${slug(environment)}/`;
}

/**
 * The declarations of one environment's paths.
 *
 * @param environment - its name, as its file is called @default - everything that is declared
 */
export function partOf(declarations: Declarations, environment: string | undefined): Declarations {
  if (environment === undefined) return declarations;
  const folder = folderOf(environment);
  const secrets = declarations.secrets.filter(({ path: secret }) => secret.startsWith(folder));
  if (secrets.length > 0 && isEnvironment(slug(environment))) return { ...declarations, secrets };
  const known = new Set(
    declarations.secrets.map(({ path: secret }) => secret.split("/")[0] ?? "").filter(isEnvironment),
  );
  throw unknownEnvironment("declares no secret", environment, known);
}
