import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ERRORS_VARIABLE } from "./environment";
import { Failure } from "./failure";
import type { SandboxPaths } from "./paths";
import type { Processes } from "./processes";
import { plain, readErrors, resetErrors } from "./terraform-errors";

/** One run of the cdktf CLI. */
export interface CdktfOptions {
  readonly action: "deploy" | "destroy";
  /** Which stacks. @default - all */
  readonly patterns?: readonly string[];
  /** Stacks that Terraform works on at the same time. @default 4 */
  readonly parallel?: number;
  readonly paths: SandboxPaths;
  readonly processes: Processes;
  readonly env: Record<string, string>;
}

/** Runs the real `cdktf deploy` or `cdktf destroy` over what was synthesized; fails with Terraform's own messages. */
export async function runCdktf(options: CdktfOptions): Promise<void> {
  const { action, paths, processes, env } = options;
  const log = path.join(paths.logs, `${action}.log`);
  // The CLI loses what Terraform printed when it ends over a failed stack, so Terraform's errors take another way.
  const errors = path.join(paths.logs, "errors");
  resetErrors(errors);
  writeCdktfJson(paths);
  const cdktf = path.join(paths.root, "node_modules", ".bin", "cdktf");
  const { code } = await processes.run(process.execPath, [cdktf, ...flags(options)], {
    cwd: paths.folder,
    env: { ...env, [ERRORS_VARIABLE]: errors },
    onOutput: (text) => appendFileSync(log, plain(text)),
  });
  if (code !== 0) throw new Failure(describe(action, readErrors(errors), log));
}

function flags({ action, paths, patterns = ["*"], parallel = 4 }: CdktfOptions): string[] {
  return [
    action,
    ...patterns,
    "--auto-approve",
    // The program was synthesized and checked before.
    "--skip-synth",
    // Locking asks the registry for every provider.
    "--skip-provider-lock",
    "--no-color",
    "--parallelism",
    String(parallel),
    "--output",
    paths.out,
  ];
}

/** Writes the project file that the CLI wants where it runs: its own, so that no setting of the checkout counts. */
function writeCdktfJson(paths: SandboxPaths): void {
  const project = { language: "typescript", app: "true", projectId: "sandbox", sendCrashReports: "false" };
  writeFileSync(path.join(paths.folder, "cdktf.json"), `${JSON.stringify(project, undefined, 2)}\n`);
}

function describe(action: string, errors: ReadonlyMap<string, string>, log: string): string {
  const blocks = [...errors].map(([id, text]) => `${id}:\n${text.replace(/^(?=.)/gm, "  ")}`);
  if (blocks.length === 0) return `cdktf ${action} failed. What it printed is in ${log}.`;
  return `cdktf ${action} failed.\n\n${blocks.join("\n\n")}\n\nAll that cdktf and Terraform printed is in ${log}.`;
}
