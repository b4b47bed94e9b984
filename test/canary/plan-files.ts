import { writeFileSync } from "node:fs";
import path from "node:path";
import { stackFolder } from "../../sandbox/run/program";
import type { SandboxTerraform } from "../../sandbox/run/terraform";

/** What is planned, and where the plans go. */
export interface PlanFilesOptions {
  readonly terraform: SandboxTerraform;
  /** Folder of the synthesized program. */
  readonly out: string;
  readonly ids: readonly string[];
  /** Gets `<stack>.tfplan` and `<stack>.json`. */
  readonly to: string;
  /** Told what Terraform printed while it planned a stack. */
  readonly said: (id: string, text: string) => void;
}

/** Plans every stack into a file, one after the other, and shows each as JSON, as reviews of plans do. */
export async function planEverything({ terraform, out, ids, to, said }: PlanFilesOptions): Promise<void> {
  for (const id of ids) {
    const file = path.join(to, `${id}.tfplan`);
    const planned = await terraform.plan(stackFolder(out, id), "-lock=false", `-out=${file}`);
    said(id, planned.output);
    if (planned.code === 1) throw new Error(`The plan of ${id} failed.`);
    const shown = await terraform.run(stackFolder(out, id), "show", "-json", file);
    if (shown.code !== 0) throw new Error(`The plan of ${id} cannot be shown.`);
    writeFileSync(path.join(to, `${id}.json`), shown.output);
  }
}
