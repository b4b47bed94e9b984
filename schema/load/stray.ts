import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Issue } from "../../constructs/core/errors";
import { shown } from "./source";

/** Files that a user may take for configuration, though nothing reads them. */
export function strayFiles(dir: string): Issue[] {
  const beside = names(dir)
    .filter((file) => isYaml(file) && file !== "platform.yaml")
    .map((file) => stray(join(dir, file), "Environments stand in `environments/`, all else in platform.yaml."));
  const folder = join(dir, "environments");
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    return [
      ...beside,
      { where: shown(folder), problem: "this is not a directory", fix: "Put a directory in its place." },
    ];
  }
  const among = names(folder)
    .filter((file) => file.endsWith(".yml"))
    .map((file) => stray(join(folder, file), `Rename it to ${file.replace(/\.yml$/, ".yaml")}.`));
  return [...beside, ...among];
}

function stray(path: string, fix: string): Issue {
  return { where: shown(path), problem: "this file is not read", fix };
}

function isYaml(file: string): boolean {
  return !file.startsWith(".") && /\.ya?ml$/.test(file);
}

function names(dir: string): readonly string[] {
  return existsSync(dir) ? readdirSync(dir).sort() : [];
}
