import { copyFileSync } from "node:fs";
import path from "node:path";
import type { Import } from "../../constructs/core/imports";
import type { CutState } from "../terraform/state";
import { clearReleases } from "./clear-releases";
import { findImports } from "./find-imports";
import { finishReplacements } from "./finish-replacements";
import type { ProgramStack } from "./program";
import type { Recovery } from "./recovery";

/**
 * Looks at one stack: clears its releases, goes on with its replacements, and answers what is to be imported into it.
 *
 * @param listed what is to be imported already
 */
export async function recoverStack(
  stack: ProgramStack,
  listed: readonly Import[],
  recovery: Recovery,
): Promise<readonly Import[]> {
  const { states, report } = recovery;
  const examined = await states.of(stack.id).catch(() => undefined);
  // Why it could not be read is in the report already.
  if (examined === undefined) return listed;
  if (examined.lock !== undefined) {
    report.fail(states.lockedBy(stack.id, examined.lock));
    return listed;
  }
  if (examined.cut !== undefined) restore(stack, examined.cut, recovery);
  for (const { address, tainted, deposed } of examined.state.objects) {
    const keep = `${states.commandIn(stack.id)} untaint ${address}`;
    if (tainted) report.add(stack.id, address, "seen", `tainted: the next apply replaces it. To keep it: ${keep}`);
    if (deposed) report.add(stack.id, address, "seen", "deposed: the next apply deletes an old object of it");
  }
  const behind = await states.behind(stack);
  const settled = await finishReplacements(stack, recovery);
  const imports = await findImports(stack, listed, settled, { ...recovery, behind });
  if (behind === undefined) await clearReleases(stack, recovery);
  return imports;
}

/** Puts a state back; what the killed run made since is found like everything else that no state knows. */
function restore(stack: ProgramStack, { file, backup }: CutState, { report, dryRun }: Recovery): void {
  if (!dryRun) copyFileSync(backup, file);
  report.add(
    stack.id,
    "state",
    "state restored",
    `from ${path.basename(backup)}: Terraform was killed while it wrote it`,
  );
}
