import type { Service } from "../api/core";
import type { Draft } from "../api/objects";
import { metadataOf, POSTGRESQL_PORT, type PostgresqlCluster } from "./objects";

const KINDS = ["rw", "ro", "r"] as const;
type Kind = (typeof KINDS)[number];

/** The Services of a cluster: to the primary, to the replicas, to any, and those that it asks for beside them. */
export function services(cluster: PostgresqlCluster): Draft<Service>[] {
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

/** Every name under which a server of the cluster is reached: they stand in its certificate. */
export function hosts(cluster: PostgresqlCluster): string[] {
  const { namespace } = cluster.metadata;
  const ends = ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`];
  return services(cluster).flatMap(({ metadata }) => ends.map((end) => `${metadata.name}${end}`));
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
