import { SERVICES, type Service } from "../api/core";
import { controllerOf, type Draft, type ObjectName } from "../api/objects";
import type { ClusterView } from "../loop/cluster-view";
import { ensure } from "../loop/ensure";
import { metadataOf, POSTGRESQL_PORT, type PostgresqlCluster } from "./objects";

const KINDS = ["rw", "ro", "r"] as const;
type Kind = (typeof KINDS)[number];

/** The Services of a cluster: to the primary, to the replicas, to any, and those that it asks for beside them. */
function services(cluster: PostgresqlCluster): Draft<Service>[] {
  const { disabledDefaultServices: disabled = [], additional = [] } = cluster.spec.managed?.services ?? {};
  const own = KINDS.filter((kind) => kind === "rw" || !disabled.includes(kind)).map((kind) =>
    service(cluster, `${cluster.metadata.name}-${kind}`, kind),
  );
  const others = additional.map(({ selectorType, serviceTemplate: { metadata, spec } }) => {
    const base = service(cluster, metadata?.name ?? "", selectorType);
    const labels = { ...metadata?.labels, ...base.metadata.labels };
    const annotations = { ...metadata?.annotations, ...base.metadata.annotations };
    return { metadata: { ...base.metadata, labels, annotations }, spec: { ...base.spec, ...spec } };
  });
  return [...own, ...others];
}

/**
 * Makes the Services of a cluster and takes away those that it asks for no more. One that another cluster still has is
 * left alone until that lets it go.
 *
 * @returns why one could not be made
 */
export async function ensureServices(postgresql: PostgresqlCluster, cluster: ClusterView): Promise<string | undefined> {
  const { uid, namespace } = postgresql.metadata;
  const wanted = services(postgresql);
  let problem: string | undefined;
  for (const one of wanted) {
    const existing = cluster.store(SERVICES).get(one.metadata);
    if (existing === undefined || controllerOf(existing)?.uid === uid) await ensure(cluster, SERVICES, one);
    else problem = `refusing to reconcile service: ${one.metadata.name}, not owned by the cluster`;
  }
  for (const service of cluster.store(SERVICES).all()) {
    const { metadata } = service;
    if (metadata.namespace !== namespace || controllerOf(service)?.uid !== uid) continue;
    if (!wanted.some((one) => one.metadata.name === metadata.name)) await cluster.api.delete(SERVICES, metadata);
  }
  return problem;
}

/** Whether a cluster asks for a Service of this name, whoever has it now. */
export function asksFor(postgresql: PostgresqlCluster, { name, namespace }: ObjectName): boolean {
  const asked = postgresql.spec.managed?.services?.additional ?? [];
  return (
    namespace === postgresql.metadata.namespace &&
    asked.some(({ serviceTemplate }) => serviceTemplate.metadata?.name === name)
  );
}

/** Every name under which a server of the cluster is reached: they stand in its certificate. */
export function hosts(cluster: PostgresqlCluster): string[] {
  const { namespace } = cluster.metadata;
  const ends = ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`];
  return [
    ...services(cluster).flatMap(({ metadata }) => ends.map((end) => `${metadata.name}${end}`)),
    ...(cluster.spec.certificates?.serverAltDNSNames ?? []),
  ];
}

function service(cluster: PostgresqlCluster, name: string, kind: Kind): Draft<Service> {
  const own = { "cnpg.io/cluster": cluster.metadata.name };
  const selectors = {
    rw: { ...own, "cnpg.io/instanceRole": "primary" },
    ro: { ...own, "cnpg.io/instanceRole": "replica" },
    r: { ...own, "cnpg.io/podRole": "instance" },
  };
  return {
    metadata: metadataOf(cluster, name),
    spec: {
      type: "ClusterIP",
      ports: [{ name: "postgres", port: POSTGRESQL_PORT, targetPort: POSTGRESQL_PORT, protocol: "TCP" }],
      selector: selectors[kind],
    },
  };
}
