import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";

/**
 * A folder from which the relative paths of every stack lead to the same places: an attached provider works in one
 * folder, where one that Terraform starts works in that of the stack. The program's own folder is put in place anew by
 * each synth, so a program that worked there would be left behind in the old one.
 */
export function standInFolder(folder: string, out: string): string {
  const place = path.join(folder, "providers", "stacks", "any");
  const charts = path.join(folder, "providers", "charts");
  mkdirSync(place, { recursive: true });
  rmSync(charts, { force: true });
  symlinkSync(path.join(out, "charts"), charts);
  return place;
}
