import { Failure } from "./failure";
import { stackFolder } from "./program";
import type { SandboxTerraform } from "./terraform";

/** What a second plan would do to a stack, in Terraform's words. */
export interface Drift {
  readonly id: string;
  readonly changes: string;
}

/** What is planned again. */
export interface ReplanOptions {
  readonly terraform: SandboxTerraform;
  /** Folder of the synthesized program. */
  readonly out: string;
  readonly ids: readonly string[];
  /** Plans that run at the same time. */
  readonly parallel: number;
  /** Called after each stack. */
  readonly done: (id: string) => void;
}

/** Plans every stack again, with Terraform itself: after an apply there must be nothing left to do. */
export async function replan({ terraform, out, ids, parallel, done }: ReplanOptions): Promise<Drift[]> {
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
  await Promise.all(Array.from({ length: parallel }, worker));
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
