import { Command } from "commander";

/** What `npm run sandbox` is told. */
export interface Flags {
  readonly config: string;
  readonly folder?: string;
  readonly json?: string;
  readonly destroy?: boolean;
  readonly live?: boolean;
  readonly keep?: boolean;
  readonly fail: readonly string[];
  readonly charts?: string;
  readonly strict?: boolean;
  readonly yes?: boolean;
}

/** The command with its flags; `action` does the work. */
export function sandboxCommand(action: (flags: Flags) => Promise<void>): Command {
  return new Command("npm run sandbox --")
    .description(
      "Deploys the platform on this machine with the real cdktf and Terraform and simulated providers: no account, no network, nothing to pay.",
    )
    .option("--config <folder>", "folder of platform.yaml and environments/", "examples/acme")
    .option("--folder <folder>", "where it keeps its states and logs, to have several side by side (default: .sandbox)")
    .option("--json <file>", "write the report as JSON")
    .option("--destroy", "destroy everything that was deployed, and check that nothing is left")
    .option(
      "--live",
      "real API servers, real Helm, Kubernetes and Vault providers, a real Vault (npm run sandbox:tools)",
    )
    .option("--keep", "with --live: leave the servers running until Ctrl-C, to look at them with kubectl and vault")
    .option(
      "--fail <namespace/name>",
      "with --live: let this Job or workload fail (name* for all that begin so); may be repeated",
      collect,
      [],
    )
    .option("--charts <folder>", "with --live: real charts, fetched with `strata charts pull`; others get stand-ins")
    .option("--strict", "keep simulated objects whose state is lost, to try recovery")
    .option("--yes", "build Terraform without asking where it is missing and Go is present")
    .showHelpAfterError("(npm run sandbox -- --help lists the options)")
    .allowExcessArguments(false)
    .action(action);
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
