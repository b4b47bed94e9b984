import { existsSync } from "node:fs";
import type { RequestListener } from "node:http";
import { isJsonObject } from "../../../constructs/core/json";
import { repositoryCharts } from "../../../constructs/kubernetes/chart-mirror/pins";
import type { ChartPin } from "../../../constructs/kubernetes/chart-pin";
import { Failure } from "../../run/failure";
import { readStacks } from "../../run/program";
import { registryListener } from "./registry";
import { repositoryListener } from "./repository";
import { archiveOf, type ChartSource, type ServedArchive } from "./source";

export type { ChartSource } from "./source";

/** A pinned chart and where its archive came from. */
export interface ServedChart extends ChartPin {
  readonly source: ChartSource;
  /** How often its archive was served. */
  readonly served: number;
}

/** What answers for the repositories of a program's charts. */
export interface ServedCharts {
  /** What answers, by host: for a proxy. */
  readonly hosts: Readonly<Record<string, RequestListener>>;
  /** Every chart as it stands now, sorted by name. */
  table(): readonly ServedChart[];
}

/**
 * Serves the charts that a synthesized program pins, in place of their repositories and registries.
 *
 * @param options.program - folder of the synthesized program
 * @param options.mirror - folder that `strata charts pull` has filled. @default - none: every chart is a stand-in
 */
export async function serveCharts(options: {
  readonly program: string;
  readonly mirror?: string;
}): Promise<ServedCharts> {
  const { program, mirror } = options;
  if (mirror !== undefined && !existsSync(mirror)) {
    throw new Failure(`There is no chart mirror ${mirror}. Fill one: npx strata charts pull --to ${mirror}`);
  }
  const archives = await Promise.all(pinnedCharts(program).map((pin) => archiveOf(pin, mirror)));
  return {
    hosts: listeners(archives),
    table: () =>
      archives.map(({ chart, version, repository, source, served }) => ({
        chart,
        version,
        repository,
        source,
        served,
      })),
  };
}

/** The charts that a synthesized program takes from repositories. */
export function pinnedCharts(program: string): ChartPin[] {
  const stacks = [...readStacks(program)].map(([id, json]) => ({ id, json: isJsonObject(json) ? json : {} }));
  return repositoryCharts(stacks);
}

function listeners(archives: readonly ServedArchive[]): Readonly<Record<string, RequestListener>> {
  const hosts: Record<string, RequestListener> = {};
  for (const host of new Set(archives.flatMap(hostsOf))) {
    const own = archives.filter((archive) => hostsOf(archive).includes(host));
    const [registry, repository] = [own.filter(isOci), own.filter((archive) => !isOci(archive))];
    const answers = { registry: registryListener(registry), repository: repositoryListener(repository) };
    hosts[host] = (request, response) =>
      (request.url?.startsWith("/v2/") || repository.length === 0 ? answers.registry : answers.repository)(
        request,
        response,
      );
  }
  return hosts;
}

function isOci({ repository }: ChartPin): boolean {
  return repository.startsWith("oci://");
}

/** Docker Hub answers under another host than its name. */
function hostsOf({ repository }: ChartPin): readonly string[] {
  const { hostname } = new URL(repository.replace(/^oci:/, "https:"));
  return hostname === "docker.io" ? [hostname, "registry-1.docker.io"] : [hostname];
}
