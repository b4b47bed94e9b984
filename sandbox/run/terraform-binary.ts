import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import semver from "semver";
import { inherited } from "./environment";

/** The oldest Terraform that knows write-only arguments. */
export const MINIMUM = "1.11.0";
/** What the sandbox builds where there is none. */
export const BUILT = "1.11.4";

/** A Terraform that can be used. */
export interface TerraformBinary {
  readonly file: string;
  readonly version: string;
}

/** Where the sandbox keeps the Terraform that it built. */
export function builtTerraform(tools: string): string {
  return path.join(tools, `terraform-${BUILT}`, process.platform === "win32" ? "terraform.exe" : "terraform");
}

/**
 * Finds Terraform: the binary that TERRAFORM_BINARY_NAME names, the one on the PATH, or the one built before. Answers
 * what was found instead when none of them is new enough.
 */
export function findTerraform(tools: string, env: NodeJS.ProcessEnv = process.env): TerraformBinary | string {
  const built = builtTerraform(tools);
  const asked = env.TERRAFORM_BINARY_NAME;
  const candidates = asked ? [asked] : ["terraform", ...(existsSync(built) ? [built] : [])];
  const seen: string[] = [];
  for (const candidate of candidates) {
    const file = locate(candidate, env.PATH ?? "");
    const version = file === undefined ? undefined : versionOf(file);
    if (file === undefined) seen.push(`${candidate}: not found`);
    else if (version === undefined) seen.push(`${file}: does not answer as Terraform`);
    else if (!semver.gte(version, MINIMUM)) seen.push(`${file}: version ${version}`);
    else return { file, version };
  }
  return seen.join("\n");
}

/** What a person is told who has no Terraform. */
export function missingTerraform(seen: string, goIsThere: boolean): string {
  const build = goIsThere
    ? "\nGo is here: `npm run sandbox -- --yes` builds it for the sandbox (some minutes, through the Go module proxy)."
    : "";
  return `The sandbox needs Terraform ${MINIMUM} or newer.
${seen.replace(/^/gm, "  ")}
Get it from https://developer.hashicorp.com/terraform/install, or name one with TERRAFORM_BINARY_NAME.${build}`;
}

/** The full path of a command; undefined where there is none. */
export function locate(command: string, search: string): string | undefined {
  if (command.includes(path.sep)) return existsSync(command) ? path.resolve(command) : undefined;
  return search
    .split(path.delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => path.join(folder, command))
    .find((file) => existsSync(file));
}

function versionOf(file: string): string | undefined {
  const env = {
    ...inherited(),
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: process.platform === "win32" ? "NUL" : "/dev/null",
  };
  const { stdout, status } = spawnSync(file, ["version", "-json"], { encoding: "utf8", env, timeout: 20_000 });
  if (status !== 0) return undefined;
  try {
    const { terraform_version: version } = JSON.parse(stdout) as { terraform_version?: string };
    return semver.valid(version) ?? undefined;
  } catch {
    return undefined;
  }
}
