import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Where a program of the distribution stands. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/sbin"];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

/**
 * Tests that need programs of the distribution: without them they are skipped where somebody works, which is seen, and
 * fail in CI.
 */
export function describeWithPrograms(title: string, names: readonly string[], body: () => void): void {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) describe(title, body);
  else if (process.env.CI === undefined) describe.skip(`${title} (${missing.join(", ")} missing)`, body);
  else {
    describe(title, () => {
      test("has its programs", () => {
        throw new Error(`Install ${missing.join(" and ")} from the distribution's packages.`);
      });
    });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
