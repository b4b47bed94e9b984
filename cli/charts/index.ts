import type { Command } from "commander";
import type { Session } from "../session";
import type { ChartsOptions } from "./command";

/** `strata charts`: the pinned third-party charts and a mirror of them. */
export function registerCharts(program: Command, session: Session): void {
  const charts = program
    .command("charts")
    .description("The pinned third-party charts, and a mirror of them for places without a network.");
  const command = (name: string, description: string) =>
    charts
      .command(name)
      .description(description)
      .option("--config <folder>", "folder of platform.yaml (default: config); it is synthesized to learn its charts")
      .option("--dir <folder>", "a program that was synthesized before, instead")
      .option("--to <folder>", "the mirror (default: charts.mirror of platform.yaml)")
      .option("--json", "print the result as JSON");
  command("pull", "Fetches every pinned chart that the mirror does not have yet, and checks it.")
    .addHelpText(
      "after",
      `
Environment: HTTPS_PROXY and NO_PROXY; SSL_CERT_FILE, certificates that are trusted instead of Node's own.

A chart is checked against the digest of its repository's index or manifest, against its own Chart.yaml, and against the
checksum that checksums.txt of the mirror has for it. Charts that fail don't keep the others from being fetched.

Exit codes: 0 the mirror has all charts, 1 a problem.`,
    )
    .action(async (options: ChartsOptions) => {
      const { chartsPull } = await import("./command");
      session.exitCode = await chartsPull(session, options);
    });
  command("list", "Lists the pinned charts and what the mirror has of them.")
    .addHelpText("after", "\nExit codes: 0 the mirror has all charts, 1 a problem, 2 the mirror lacks some.")
    .action(async (options: ChartsOptions) => {
      const { chartsList } = await import("./command");
      session.exitCode = await chartsList(session, options);
    });
}
