import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

let found: string | undefined;

/** The folder of this checkout. Looked up from the running file, because the bundle and the tests run elsewhere in it. */
export function repositoryRoot(): string {
  found ??= search(__dirname);
  return found;
}

function search(folder: string): string {
  const file = path.join(folder, "package.json");
  if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: string }).name === "strata")
    return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error("The sandbox does not find the package.json of Strata above its own files.");
  return search(parent);
}
