import type { Command } from "commander";
import { collect } from "../options";
import type { Session } from "../session";
import type { RecoverOptions } from "./command";

/** `strata recover`: makes a program deployable again after a deployment was interrupted. */
export function registerRecover(program: Command, session: Session): void {
  program
    .command("recover")
    .description("Mends what an interrupted deployment left: objects that no state knows, and pending releases.")
    .option("--dir <folder>", "folder of the synthesized program", "cdktf.out")
    .option("--config <folder>", "folder of platform.yaml, where imports.json is written (default: config)")
    .option("--stack <id>", "only this stack; may be repeated", collect, [])
    .option("--force", "clear the records of releases that Helm may still be at, when you know that nothing runs")
    .option("--dry-run", "change nothing, show what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
Deletes nothing but Helm's records of revisions that were never finished. Objects that exist and that no state knows
are written into imports.json: the next synth makes import blocks of them, and the next plan shows them. A node pool
whose replacement was interrupted is marked in its state.

Environment: that of the deployment. VULTR_API_KEY, CLOUDFLARE_API_TOKEN, VAULT_ADDR, VAULT_TOKEN and the credentials
of the state backend, as far as something of theirs is looked for; STRATA_CONFIG.

Exit codes: 0 done or nothing to do, 1 a problem or something that could not be looked at (all else is done),
2 a dry run that would change something.`,
    )
    .action(async (options: RecoverOptions) => {
      const { recover } = await import("./command");
      session.exitCode = await recover(session, options);
    });
}
