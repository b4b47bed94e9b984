import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import type { ChartPin } from "../../../constructs/kubernetes/chart-pin";
import { repositoryRoot } from "../../root";
import { type ChartFile, packChart } from "./archive";

/** Parts that every stand-in has, and what stands in for a chart that none was written for. */
const COMMON = "common";
const GENERIC = "generic";

/** What stands in for a chart. */
export interface StandIn {
  readonly archive: Buffer;
  /** Whether it was written for this chart; otherwise it is one Deployment and nothing of what the chart brings. */
  readonly written: boolean;
}

/** Charts that a stand-in was written for. */
export function writtenStandIns(): string[] {
  return readdirSync(folder())
    .filter((name) => name !== COMMON && name !== GENERIC)
    .sort();
}

/**
 * Makes what stands in for a chart where the real one is not at hand: a chart of the same name and version, with the
 * definitions that our custom resources need and a workload of the real one's name. It proves that what we apply is
 * admitted; it says nothing about the real chart.
 */
export async function standIn({ chart, version }: Pick<ChartPin, "chart" | "version">): Promise<StandIn> {
  const written = writtenStandIns().includes(chart);
  const metadata = {
    apiVersion: "v2",
    name: chart,
    version,
    // Shown by `helm list` and kept in the state: nobody shall take it for the real one.
    appVersion: "stand-in",
    description: `Stand-in of the sandbox for ${chart}. It is not the real chart.`,
    type: "application",
  };
  const own = filesOf(path.join(folder(), written ? chart : GENERIC));
  const common = filesOf(path.join(folder(), COMMON)).map((file) => ({ ...file, path: `templates/${file.path}` }));
  const archive = await packChart(chart, [{ path: "Chart.yaml", text: stringify(metadata) }, ...common, ...own]);
  return { archive, written };
}

function folder(): string {
  return path.join(repositoryRoot(), "sandbox", "live", "charts", "stand-ins");
}

function filesOf(root: string): ChartFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({
      path: path.relative(root, file).split(path.sep).join("/"),
      text: readFileSync(file, "utf8"),
    }));
}
