import type { Import } from "../../constructs/core/imports";
import { clearReleases } from "./clear-releases";
import { findImports } from "./find-imports";
import type { ProgramStack } from "./program";
import type { Recovery } from "./recovery";
import { taintStuckPools } from "./stuck-pools";

/**
 * Looks at one stack: clears its releases, marks pools that are stuck, and answers what is to be imported into it.
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
  for (const { address, tainted, deposed } of examined.state.objects) {
    const keep = `${states.commandIn(stack.id)} untaint ${address}`;
    if (tainted) report.add(stack.id, address, "seen", `tainted: the next apply replaces it. To keep it: ${keep}`);
    if (deposed) report.add(stack.id, address, "seen", "deposed: the next apply deletes an old object of it");
  }
  const behind = await states.behind(stack);
  const imports = await findImports(stack, listed, { ...recovery, behind });
  await taintStuckPools(stack, recovery);
  if (behind === undefined) await clearReleases(stack, recovery);
  return imports;
}
