import path from "node:path";
import { describe, StrataError } from "../../constructs/core/errors";
import { archiveName } from "../../constructs/kubernetes/chart-mirror/format";
import type { ChartPin } from "../../constructs/kubernetes/chart-pin";
import { loadPlatform } from "../../schema/load";
import type { Session } from "../session";
import { renderTable } from "../terminal/table";
import { httpReader } from "./http";
import { MirrorFolder } from "./mirror-folder";
import { chartsOf, chartsOfConfiguration } from "./pins";
import { type Pulled, pullCharts } from "./pull";

export interface ChartsOptions {
  readonly config?: string;
  readonly dir?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** `strata charts pull`: 0 the mirror has all charts, 1 some could not be had. */
export async function chartsPull(session: Session, options: ChartsOptions): Promise<number> {
  const { terminal } = session;
  const mirror = mirrorOf(session, options);
  const http = httpReader(session);
  const { charts, issues } = await pullCharts(await pins(session, options), {
    mirror,
    http,
    onChart: (chart) => {
      if (!options.json) terminal.err(line(chart));
    },
  });
  if (options.json) {
    terminal.out(JSON.stringify({ schemaVersion: 1, mirror: mirror.folder, charts, problems: issues }, undefined, 2));
  }
  for (const issue of issues) terminal.err(terminal.colours.red(`\n${issue.where}: ${describe(issue)}`));
  const count = (outcome: Pulled["outcome"]) => charts.filter((chart) => chart.outcome === outcome).length;
  const sums = `${count("downloaded")} downloaded, ${count("kept")} there already, ${count("failed")} failed`;
  if (!options.json) terminal.out(`${charts.length} charts in ${mirror.folder}: ${sums}.`);
  return issues.length === 0 ? 0 : 1;
}

/** `strata charts list`: 0 the mirror has all charts, 2 it lacks some. */
export async function chartsList(session: Session, options: ChartsOptions): Promise<number> {
  const mirror = mirrorOf(session, options);
  const charts = (await pins(session, options)).map((pin) => ({
    ...pin,
    file: archiveName(pin),
    state: mirror.state(pin),
  }));
  if (options.json) {
    session.terminal.out(JSON.stringify({ schemaVersion: 1, mirror: mirror.folder, charts }, undefined, 2));
  } else {
    const rows = charts.map(({ chart, version, repository, state }) => [chart, version, repository, state]);
    session.terminal.out(renderTable([["Chart", "Version", "Repository", "Mirror"], ...rows]));
  }
  return charts.every(({ state }) => state === "present") ? 0 : 2;
}

function pins(session: Session, options: ChartsOptions): Promise<readonly ChartPin[]> | readonly ChartPin[] {
  if (options.dir !== undefined) return chartsOf(path.resolve(session.cwd, options.dir));
  return chartsOfConfiguration(session, configFolder(session, options));
}

function mirrorOf(session: Session, options: ChartsOptions): MirrorFolder {
  if (options.to !== undefined) return new MirrorFolder(path.resolve(session.cwd, options.to));
  const config = configFolder(session, options);
  const { mirror } = loadPlatform(config).charts;
  if (mirror !== undefined) return new MirrorFolder(mirror);
  throw StrataError.of({
    where: "--to",
    problem: "no folder for the charts",
    fix: `Give --to, or name one in ${path.join(config, "platform.yaml")}: charts: {mirror: ./charts-mirror}.`,
  });
}

/** As for synth: the flag counts from here, the variable and the default from the checkout. */
function configFolder({ cwd, root, env }: Session, { config }: ChartsOptions): string {
  return config === undefined ? path.resolve(root, env.STRATA_CONFIG ?? "config") : path.resolve(cwd, config);
}

function line({ chart, version, outcome, vouched }: Pulled): string {
  const word = { downloaded: "downloaded", kept: "there already", failed: "FAILED" }[outcome];
  return `${chart} ${version}: ${word}${vouched === false ? " (its repository says no digest)" : ""}`;
}
