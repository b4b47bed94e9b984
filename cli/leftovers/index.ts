import type { Command } from "commander";
import { collect } from "../options";
import type { Session } from "../session";
import type { LeftoversOptions } from "./command";

/** `strata leftovers`: what would outlive the clusters, to be looked at before they are destroyed. */
export function registerLeftovers(program: Command, session: Session): void {
  program
    .command("leftovers")
    .description("Shows what destroying the lower layers would leave behind, or wait for: load balancers, volumes, ...")
    .option("--dir <folder>", "folder of the synthesized program", "cdktf.out")
    .option("--cluster <name>", "only this cluster; may be repeated", collect, [])
    .option("--release-volumes [names...]", "delete volumes that nobody claims any more, with their data")
    .option("--yes <cluster>", "release the volumes of this cluster without a question; may be repeated", collect, [])
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
Run it before l2-base and l1 are destroyed, while the clusters still run: only they can delete what is theirs.
--release-volumes takes released volumes with the policy Retain, or those that are named; it refuses what is in use,
and asks for the name of the cluster. The clusters are reached with the outputs of their l1-cluster stacks.

Exit codes: 0 nothing is left, 2 something is, 1 a problem.`,
    )
    .action(async (options: LeftoversOptions) => {
      const { leftovers } = await import("./command");
      session.exitCode = await leftovers(session, options);
    });
}
