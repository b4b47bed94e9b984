import { Failure } from "./failure";
import { stackFolder } from "./program";
import type { SandboxTerraform } from "./terraform";

/** Plans that run at the same time. */
const PARALLEL_PLANS = 3;

/** What a second plan would do to a stack, in Terraform's words. */
export interface Drift {
  readonly id: string;
  readonly changes: string;
}

/** Plans every stack again, with Terraform itself: after an apply there must be nothing left to do. */
export async function replan(
  terraform: SandboxTerraform,
  out: string,
  ids: readonly string[],
  done: (id: string) => void,
): Promise<Drift[]> {
  const waiting = [...ids];
  const drifts: Drift[] = [];
  const worker = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const { code, output } = await terraform.plan(stackFolder(out, id), "-lock=false");
      if (code === 1) throw new Failure(`The second plan of ${id} failed:\n${output.trim()}`);
      if (code === 2) drifts.push({ id, changes: changesOf(output) });
      done(id);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_PLANS }, worker));
  return drifts.sort((a, b) => a.id.localeCompare(b.id));
}

/** The part of a plan that a person reads: without the refresh lines above it and the advice below. */
function changesOf(output: string): string {
  const lines = output.split("\n").filter((line) => !/: (Refreshing state|Reading|Read complete)/.test(line));
  const start = lines.findIndex((line) => /^(Terraform will perform|Changes to Outputs)/.test(line));
  const end = lines.findIndex((line) => /^─+$/.test(line));
  return lines
    .slice(Math.max(start, 0), end < 0 ? undefined : end)
    .join("\n")
    .trim();
}
