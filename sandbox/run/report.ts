import type { ClusterNote, ServedChart } from "./engine";
import type { Program } from "./program";
import type { StateChange } from "./states";
import { type Terminal, table } from "./terminal";

/** One stack of the report. */
export interface StackReport extends StateChange {
  readonly id: string;
  readonly layer: number;
  readonly seconds: number;
}

/** Which version production pins, and which was tested. */
export interface EngineVersion {
  readonly pinned: string;
  readonly tested: string;
}

/** What `--json` writes. */
export interface Report {
  readonly schemaVersion: 1;
  readonly mode: "simulated" | "live";
  readonly engine: {
    readonly terraform: string;
    readonly providers: Readonly<Record<string, EngineVersion>>;
    /** Servers that ran in the place of what production runs; none when all is simulated. */
    readonly programs: Readonly<Record<string, EngineVersion>>;
  };
  readonly stacks: readonly StackReport[];
  readonly replan: { readonly changes: number };
  readonly hosts: readonly { readonly host: string; readonly path: string; readonly class: string }[];
  /** Charts that Helm fetched; none when all is simulated. */
  readonly charts: readonly ServedChart[];
  /** Clusters that ran; none when all is simulated. */
  readonly clusters: readonly ClusterNote[];
  /** What is not as it will be in production. */
  readonly remarks: readonly string[];
  readonly monthlyCostUsd: number;
  readonly seconds: number;
}

/** Prints stacks, hosts and list price. */
export function printReport(terminal: Terminal, report: Report, { cost }: Program): void {
  const { color } = terminal;
  const print = (title: string, rows: readonly string[]): void => {
    terminal.line();
    terminal.line(color.bold(title));
    for (const [index, row] of rows.entries()) terminal.line(`  ${index === 0 ? color.dim(row) : row}`);
  };
  print("Stacks", stackRows(report.stacks));
  print("Hosts", table(["host", "class", "paths"], hostRows(report.hosts)));
  if (report.clusters.length > 0) print("Clusters", table(["cluster", "boot", "memory"], clusterRows(report.clusters)));
  if (report.charts.length > 0) print("Charts", table(["chart", "version", "served from"], chartRows(report.charts)));
  if (report.remarks.length > 0) {
    terminal.line();
    terminal.line(color.bold("Not as in production"));
    for (const remark of report.remarks) terminal.line(`  ${remark}`);
  }
  const money = (amount: number): string => amount.toFixed(2);
  const items = cost.items.map((item) => [
    item.what,
    item.quantity,
    money(item.unit),
    money(item.monthly),
    item.stack ?? "",
  ]);
  print(`Monthly list price in ${cost.currency}`, [
    ...table(["what", "quantity", "unit", "monthly", "stack"], items),
    color.bold(`${money(cost.monthly)} ${cost.currency} a month in total`),
    ...(cost.excludes.length > 0 ? [color.dim(`not in it: ${cost.excludes.join(", ")}`)] : []),
  ]);
}

function clusterRows(clusters: Report["clusters"]): string[][] {
  return clusters.map(({ name, bootSeconds, memoryMb }) => [name, `${bootSeconds.toFixed(1)} s`, `${memoryMb} MB`]);
}

function chartRows(charts: Report["charts"]): string[][] {
  return charts.map(({ chart, version, source }) => [chart, version, source]);
}

/** One row for each host and class; a host may have dozens of paths, and all of them are in the JSON. */
export function hostRows(hosts: Report["hosts"]): [string, string, string][] {
  const paths = new Map<string, { host: string; kind: string; paths: string[] }>();
  for (const { host, path, class: kind } of hosts) {
    const row = paths.get(`${host} ${kind}`) ?? { host, kind, paths: [] };
    row.paths.push(path);
    paths.set(`${host} ${kind}`, row);
  }
  return [...paths.values()].map(({ host, kind, paths: all }) => {
    const more = all.length > SHOWN_PATHS ? ` and ${all.length - SHOWN_PATHS} more` : "";
    return [host, kind, `${all.slice(0, SHOWN_PATHS).join(" ")}${more}`];
  });
}

const SHOWN_PATHS = 3;

/** The table of stacks with its sum. */
export function stackRows(stacks: readonly StackReport[]): string[] {
  const sum = (field: "created" | "changed" | "destroyed"): number =>
    stacks.reduce((total, each) => total + each[field], 0);
  const row = (each: StackReport): (string | number)[] => [
    each.id,
    each.layer,
    each.created,
    each.changed,
    each.destroyed,
    `${each.seconds.toFixed(1)} s`,
  ];
  const total = [`${stacks.length} stacks`, "", sum("created"), sum("changed"), sum("destroyed"), ""];
  const rows = table(["stack", "layer", "created", "changed", "destroyed", "time"], [...stacks.map(row), total]);
  return rows;
}

/** Prints where something else was tested than the program pins. */
export function printVersionGaps(terminal: Terminal, { mode, engine: { providers, programs } }: Report): void {
  const all = Object.entries({ ...providers, ...programs });
  const rows = all.filter(([, { pinned, tested }]) => pinned !== tested);
  if (rows.length === 0) return;
  terminal.line();
  terminal.line(terminal.color.yellow(`Not the versions that production pins (${mode})`));
  for (const row of table(
    ["what", "pinned", "tested"],
    rows.map(([name, each]) => [name, each.pinned, each.tested]),
  )) {
    terminal.line(`  ${row}`);
  }
}
