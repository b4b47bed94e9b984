import { describe, type Issue } from "../../constructs/core/errors";
import type { Terminal } from "../terminal";
import { renderTable } from "../terminal/table";
import { isKept, type Leftovers, type Volume } from "./model";
import type { VolumeRelease } from "./release";

/** What was found in one cluster. */
export interface ClusterReport {
  readonly cluster: string;
  /** Whether its stack was ever applied; nothing is left where it was not. */
  readonly deployed: boolean;
  readonly left: Leftovers;
  /** Volumes that this run released. */
  readonly released: readonly VolumeRelease[];
}

/** Prints one table for all clusters, then what to do about each kind. */
export function printReport(terminal: Terminal, reports: readonly ClusterReport[], issues: readonly Issue[]): void {
  const { colours } = terminal;
  const rows = reports.flatMap((report) => rowsOf(report).map((row) => [report.cluster, ...row]));
  if (rows.length > 0) terminal.out(renderTable([["Cluster", "Kind", "Name", "What is left"], ...rows]));
  for (const { cluster } of reports.filter(({ deployed }) => !deployed)) terminal.out(`${cluster}: not deployed.`);
  if (rows.length === 0 && issues.length === 0) terminal.out("Nothing is left.");
  for (const note of notes(reports)) terminal.err(colours.yellow(`\n${note}`));
  for (const { cluster, released } of reports) {
    for (const { name, result } of released) terminal.out(`${cluster}: ${name} ${SAID[result]}`);
  }
  for (const issue of issues) terminal.err(colours.red(`\n${issue.where}: ${describe(issue)}`));
}

/** A volume on one line. */
export function volumeText({ phase, reclaimPolicy, size, storageClass, claim, handle }: Volume): string {
  const storage = [size, storageClass, phase, reclaimPolicy].filter(Boolean).join(", ");
  const made = claim === undefined ? "" : `, of ${claim}`;
  return `${storage}${made}${handle === undefined ? "" : `; ${handle.driver} ${handle.id}`}`;
}

const SAID: Readonly<Record<VolumeRelease["result"], string>> = {
  released: "is released: its driver deletes it in a moment, if it still runs. Look again.",
  going: "was released before: its driver has not deleted it yet.",
  gone: "is gone already.",
};

function rowsOf({ left }: ClusterReport): readonly (readonly [kind: string, name: string, text: string])[] {
  return [
    ...left.loadBalancers.map(({ namespace, name, addresses, deleting }) => {
      const address = addresses.join(", ") || "no address yet";
      return ["load balancer", `${namespace}/${name}`, deleting ? `${address}, being deleted` : address] as const;
    }),
    ...left.volumes.map((volume) => ["volume", volume.name, volumeText(volume)] as const),
    ...left.namespaces.map(({ name, since, reasons }) => {
      return ["namespace", name, `Terminating since ${since}: ${reasons.join(" ") || "still at work"}`] as const;
    }),
    ...left.objects.map(({ kind, group, namespace, name, finalizers, since }) => {
      const text = `told to go at ${since}, waits for ${finalizers.join(", ")}`;
      return [`${kind}.${group}`, namespace === undefined ? name : `${namespace}/${name}`, text] as const;
    }),
  ];
}

function notes(reports: readonly ClusterReport[]): readonly string[] {
  const has = (some: (left: Leftovers) => boolean) => reports.some(({ left }) => some(left));
  const told: readonly (readonly [boolean, string])[] = [
    [
      has(({ loadBalancers }) => loadBalancers.length > 0),
      "Load balancers are billed until their Service is deleted by a cluster that still runs: destroy the stacks above it first.",
    ],
    [
      has(({ volumes }) => volumes.some((volume) => !isKept(volume))),
      "Volumes in use are billed on when their cluster is gone: destroy what claims them first.",
    ],
    [
      has(({ volumes }) => volumes.some(isKept)),
      "Released volumes with the policy Retain stay and are billed for ever. Once their data is not needed: strata leftovers --release-volumes",
    ],
    [
      has(({ namespaces, objects }) => namespaces.length + objects.length > 0),
      "What waits for a finalizer goes when its controller runs: deploy the stack that has it again, and destroy from the top.",
    ],
  ];
  return told.flatMap(([holds, text]) => (holds ? [text] : []));
}
