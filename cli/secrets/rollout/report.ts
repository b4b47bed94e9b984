import { describe, type Issue } from "../../../constructs/core/errors";
import type { Terminal } from "../../terminal";
import { renderTable } from "../../terminal/table";
import type { RolloutOutcome } from "./rollout";

/** The part of a report in JSON that tells of a rollout; problems stand at its top. */
export function rolloutJson({ refreshed, settled, absent }: RolloutOutcome) {
  return { refreshed, settled, absent };
}

/** Tells what was done, or what would be; what did not work goes to stderr. */
export function printRollout(terminal: Terminal, outcome: RolloutOutcome, dryRun: boolean): void {
  const { refreshed, settled, absent } = outcome;
  const rows = [
    ...refreshed.map(({ cluster, namespace, secret, changed }) => [
      cluster,
      `${namespace}/${secret}`,
      "Secret",
      changed === undefined ? "refresh" : changed ? "refreshed" : "current",
    ]),
    ...settled.map(({ cluster, namespace, kind, name, action }) => [
      cluster,
      `${namespace}/${name}`,
      kind,
      dryRun ? PLANNED[action] : action,
    ]),
  ];
  if (rows.length > 0) {
    terminal.out(renderTable([["Cluster", "Name", "Kind", dryRun ? "Would be done" : "Done"], ...rows]));
  }
  if (dryRun && settled.some(({ action }) => action === "restarted")) {
    terminal.err("Only what uses a secret that changes is restarted.");
  }
  for (const { cluster, namespace, reason } of absent) terminal.err(`${cluster}: ${namespace}: ${reason}.`);
  printIssues(terminal, outcome.issues);
}

/** Problems, one in a line. */
export function printIssues(terminal: Terminal, issues: readonly Issue[]): void {
  for (const issue of issues) terminal.err(terminal.colours.red(`${issue.where}: ${describe(issue)}`));
}

const PLANNED = { restarted: "restart", "password set": "wait for the new password", current: "nothing" } as const;
