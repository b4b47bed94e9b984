import type { Command } from "commander";
import type { Session } from "../session";
import type { StateCheckOptions } from "./check-command";

/** `strata state`: where Terraform keeps its states. */
export function registerState(program: Command, session: Session): void {
  const state = program.command("state").description("Looks after the place where Terraform keeps its states.");
  state
    .command("check")
    .description("Proves that the S3-compatible store can carry Terraform's states, and lock them.")
    .option("--dir <folder>", "folder of the synthesized program", "cdktf.out")
    .option("--config <folder>", "read the settings from a configuration instead, before the first synth")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
It writes a few objects of its own (strata-state-check-*) beside the states, lets two writers meet, and removes them.

Environment, as Terraform's s3 backend reads it:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN  the access key of the bucket
  AWS_ENDPOINT_URL_S3                                          the store, where the configuration names none
  AWS_CA_BUNDLE                                                file of the CA that signed its certificate
  AWS_SSE_CUSTOMER_KEY                                         a key of yours that the store encrypts with
  AWS_REQUEST_CHECKSUM_CALCULATION                             when_required: send no checksums

Exit codes: 0 fit, 1 not fit or a problem.`,
    )
    .action(async (options: StateCheckOptions) => {
      const { stateCheck } = await import("./check-command");
      session.exitCode = await stateCheck(session, options);
    });
}
