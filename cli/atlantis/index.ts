import type { Command } from "commander";
import type { Session } from "../session";
import type { AtlantisOptions } from "./command";

/** `strata atlantis`: delivery through pull requests. */
export function registerAtlantis(program: Command, session: Session): void {
  program
    .command("atlantis")
    .description("Writes atlantis.yaml: one project for each stack, in the order of their dependencies.")
    .option("--dir <folder>", "folder of the synthesized program", "cdktf.out")
    .option("--out <file>", "file to write", "atlantis.yaml")
    .option("--check", "write nothing; fail when the file is not current")
    .option("--server-config", "print an example of the server's repos.yaml instead")
    .option("--repository <id>", "repository in that example", "github.com/acme/platform")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExit codes: 0 written or current, 1 a problem, or not current with --check.")
    .action(async (options: AtlantisOptions) => {
      const { atlantis } = await import("./command");
      session.exitCode = await atlantis(session, options);
    });
}
