import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { StrataError } from "../../../constructs/core/errors";
import type { Generations } from "../../../constructs/data/generations";
import { loadPlatform } from "../../../schema/load";
import type { Configuration } from "../configuration";
import type { RestorableStore } from "../stores";

/**
 * Reads a changed document as synth would, beside the real one, before it takes its place.
 *
 * @throws StrataError when it would be refused, or would not say what is wanted
 */
export function checkDocument(
  { folder, environment }: Configuration,
  text: string,
  store: RestorableStore,
  wanted: Generations,
): void {
  const copy = mkdtempSync(path.join(tmpdir(), "strata-data-"));
  try {
    mkdirSync(path.join(copy, "environments"));
    copyFileSync(path.join(folder, "platform.yaml"), path.join(copy, "platform.yaml"));
    writeFileSync(path.join(copy, "environments", `${environment.name}.yaml`), text);
    const { environments } = loadPlatform(copy, { only: environment.name });
    const settings = environments[0]?.data[store];
    if (settings && isDeepStrictEqual(settings.generations, wanted)) return;
    const fix = "Change the document by hand as the plan says.";
    throw StrataError.of({ where: `data.${store}`, problem: "the changed document would not say what it shall", fix });
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    throw new StrataError(error.issues.map((issue) => ({ ...issue, where: issue.where.replaceAll(copy, folder) })));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
