import { setTimeout as sleep } from "node:timers/promises";
import { apiTransport } from "../../../cli/kubernetes/api-server";
import { findLeftovers } from "../../../cli/leftovers/find";
import { countOf, isKept, type Leftovers } from "../../../cli/leftovers/model";
import { releaseVolumes } from "../../../cli/leftovers/release";
import type { RunningCluster } from "../../clusters/embedded";
import { Failure } from "../../run/failure";
import type { Terminal } from "../../run/terminal";

/** Controllers delete what was let go in a moment; what is there after this time stays. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 250;

/**
 * Makes sure that clusters may go: their volumes are let go, as `strata leftovers --release-volumes` does, and nothing
 * is left that would be billed for ever or that does not end.
 *
 * @throws Failure with the list of what is left
 */
export async function clearClusters(clusters: readonly RunningCluster[], terminal: Terminal): Promise<void> {
  for (const cluster of clusters) {
    const {
      server: host,
      certificateAuthority: ca,
      clientCertificate: certificate,
      clientKey: key,
    } = cluster.connection;
    const transport = apiTransport({ host, ca, certificate, key });
    const kept = (await findLeftovers(transport)).volumes.filter(isKept);
    if (kept.length > 0) {
      await releaseVolumes(transport, kept);
      terminal.line(`Let ${kept.length} kept volumes of ${cluster.label} go: strata leftovers --release-volumes`);
    }
    const deadline = Date.now() + PATIENCE_MS;
    let left = await findLeftovers(transport);
    while (countOf(left) > 0 && Date.now() < deadline) {
      await sleep(LOOK_AGAIN_MS);
      left = await findLeftovers(transport);
    }
    if (countOf(left) > 0) throw new Failure(listOf(cluster.label, left));
  }
}

function listOf(label: string, { loadBalancers, volumes, namespaces, objects }: Leftovers): string {
  const lines = [
    ...loadBalancers.map(({ namespace, name }) => `load balancer of Service ${namespace}/${name}`),
    ...volumes.map(({ name, phase, claim }) => `volume ${name}, ${phase}, of ${claim ?? "no claim"}`),
    ...namespaces.map(({ name, reasons }) => `namespace ${name}: ${reasons.join("; ") || "still at work"}`),
    ...objects.map(
      ({ kind, namespace, name, finalizers }) => `${kind} ${namespace ?? ""}/${name}: ${finalizers.join(", ")}`,
    ),
  ];
  return `The cluster ${label} cannot go yet. It still has:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
