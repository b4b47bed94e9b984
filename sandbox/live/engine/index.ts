import { openTerraform } from "../../run/terraform";
import { VAULT_REMARKS } from "../vault";
import { deployAll, destroyAll, explained } from "./deployment";
import { InterruptedRuns } from "./interrupted";
import type { LiveEngine, LiveOptions } from "./options";
import { startParts } from "./parts";
import { programVersions, providerVersions } from "./tools";

export type { LiveEngine, LiveOptions } from "./options";
export { liveTools } from "./tools";

const REMARKS = [
  "No container runs: pods, volumes, certificates and the resources of operators are made ready by the sandbox.",
  "Admission webhooks of charts are not called, because nothing would answer them.",
  ...VAULT_REMARKS,
];

/**
 * Real API servers, real Helm, Kubernetes and Vault providers and a real Vault on this machine; the clouds themselves are
 * simulated. Stacks are worked on one after the other, because an attached provider serves one configuration at a time.
 */
export async function liveEngine(options: LiveOptions): Promise<LiveEngine> {
  const { paths, terminal } = options;
  const parts = await startParts(options);
  const { clusters, controllers, simulated, charts, real, vault } = parts;
  const reattach = (): string => JSON.stringify({ ...(JSON.parse(simulated.reattach) as object), ...real.reattach() });
  const interrupted = new InterruptedRuns({
    paths,
    terminal,
    vault,
    world: simulated.world,
    terraform: () =>
      openTerraform({
        providers: { reattach: reattach() },
        folder: paths.folder,
        binary: options.terraform,
        processes: options.processes,
      }),
  });
  return {
    mode: "live",
    world: simulated.world,
    clusters,
    vault,
    parallelStacks: 1,
    parallelPlans: 1,
    providerVersions: { ...simulated.versions, ...providerVersions() },
    reattach,
    deploy: (run) =>
      interrupted
        .around(() => deployAll(parts, run))
        .catch((error: unknown) => {
          throw explained(error, controllers.failures());
        }),
    destroy: (run) => destroyAll(parts, run, terminal),
    notes: () => ({
      programs: programVersions(),
      charts: charts.table(),
      clusters: clusters.running().map(({ id, label, bootSeconds }) => ({
        name: label,
        bootSeconds,
        memoryMb: clusters.memoryMb(id),
      })),
      remarks: REMARKS,
    }),
    killProviders: () => real.restart(),
    stop: () => parts.stop(),
  };
}
