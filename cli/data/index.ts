import type { Command } from "commander";
import { positiveInteger } from "../options";
import type { Session } from "../session";
import type { ChangeOptions } from "./apply";
import type { RestoreOptions } from "./restore";
import type { StatusOptions } from "./status";

const CONFIG = ["--config <folder>", "folder of platform.yaml (default: STRATA_CONFIG, or config)"] as const;
const JSON_OPTION = ["--json", "print the result as JSON"] as const;
const ENVIRONMENT = ["<environment>", "name of the environment"] as const;
const STORE = ["<store>", "postgresql or clickhouse"] as const;

const CHANGES = `
Nothing is done to a cluster: the commands change the configuration, and only with --write. The result is deployed as
every other change.

Exit codes: 0 written, or nothing to change, 2 the document would be changed (--write changes it), 1 a problem.`;

/** `strata data`: which generations of a store there are, and the way from one to the next. */
export function registerData(program: Command, session: Session): void {
  const data = program
    .command("data")
    .description("Plans the restore of a store into a new generation, the switch-over, and the end of the old one.");
  registerStatus(data, session);
  registerRestore(data, session);
  registerSwitch(data, session);
  registerRetire(data, session);
}

function registerStatus(data: Command, session: Session): void {
  data
    .command("status")
    .description("Shows the stores of every environment, their generations and their backups, as configured.")
    .argument("[environment]", "only this one")
    .option(...CONFIG)
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExit codes: 0 every store has one generation, 2 a restore is under way, 1 a problem.")
    .action(async (environment: string | undefined, options: StatusOptions) => {
      const { dataStatus } = await import("./status");
      session.exitCode = await dataStatus(session, environment, options);
    });
}

function registerRestore(data: Command, session: Session): void {
  data
    .command("restore")
    .description("Plans a restore into a new generation beside the one that serves; --write adds it.")
    .argument(...ENVIRONMENT)
    .argument(...STORE)
    .option("--to <time>", "moment to restore to, in UTC, as in 2026-11-20T10:00:00Z (default: the newest state)")
    .option(
      "--from <n>",
      "generation whose backups are restored (default: the one that has that moment)",
      positiveInteger,
    )
    .option("--generation <n>", "number of the new generation (default: the next one)", positiveInteger)
    .option(...CONFIG)
    .option("--write", "write the first step into the environment's document")
    .option("--output <file>", "write the whole plan as a page, in Markdown")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
1. restore adds a generation that starts from backups. What serves goes on serving.
2. switch lets it serve, once somebody has looked at it.
3. retire removes the old one, after a while.
${CHANGES}`,
    )
    .action(async (environment: string, store: string, options: RestoreOptions) => {
      const { dataRestore } = await import("./restore");
      session.exitCode = await dataRestore(session, environment, store, options);
    });
}

function registerSwitch(data: Command, session: Session): void {
  data
    .command("switch")
    .description("Lets another generation serve: the restored one, or the one before again.")
    .argument(...ENVIRONMENT)
    .argument(...STORE)
    .argument("[generation]", "its number (default: the restored one)", positiveInteger)
    .option(...CONFIG)
    .option("--write", "write it into the environment's document")
    .option(...JSON_OPTION)
    .addHelpText("after", CHANGES)
    .action(async (environment: string, store: string, generation: number | undefined, options: ChangeOptions) => {
      const { dataSwitch } = await import("./switch");
      session.exitCode = await dataSwitch(session, environment, store, generation, options);
    });
}

function registerRetire(data: Command, session: Session): void {
  data
    .command("retire")
    .description("Removes a generation that does not serve: the old one, or one that was restored in vain.")
    .argument(...ENVIRONMENT)
    .argument(...STORE)
    .argument("[generation]", "its number (default: the old one)", positiveInteger)
    .option(...CONFIG)
    .option("--write", "write it into the environment's document")
    .option(...JSON_OPTION)
    .addHelpText("after", CHANGES)
    .action(async (environment: string, store: string, generation: number | undefined, options: ChangeOptions) => {
      const { dataRetire } = await import("./retire");
      session.exitCode = await dataRetire(session, environment, store, generation, options);
    });
}
