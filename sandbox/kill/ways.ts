import { runCdktf } from "../run/cdktf";
import { Failure } from "../run/failure";
import { stackFolder } from "../run/program";
import { errorsIn } from "../run/terraform-errors";
import type { Bench } from "./bench";

/** How what is killed is applied. */
export interface Way {
  /** The stacks that it applies. */
  readonly stacks: readonly string[];
  /** Applies them; fails with Terraform's errors. */
  apply(bench: Bench): Promise<void>;
}

export const APPLY = ["apply", "-auto-approve", "-input=false", "-no-color"] as const;

/** One stack, by Terraform itself: what `cdktf deploy` runs in the stack's folder, without the seconds it takes around. */
export function terraformApply(stack: string): Way {
  return {
    stacks: [stack],
    apply: async ({ terraform, paths }) => {
      const { code, output } = await terraform.run(stackFolder(paths.out, stack), ...APPLY);
      if (code !== 0) throw new Failure(errorsIn(output) || output.trim());
    },
  };
}

/** All stacks by `cdktf deploy`, with several at once. */
export function cdktfDeploy(stacks: readonly string[]): Way {
  return {
    stacks,
    apply: ({ terraform: { env }, paths, processes }) => runCdktf({ action: "deploy", paths, processes, env }),
  };
}
