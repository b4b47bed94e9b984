import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IClickHouseInstallation } from "../../../../constructs/components/clickhouse-operator/model/clickhouse-installation.generated";
import { type DraftMetadata, ownedBy, type ResourceType, type Stored } from "../api/objects";

type Spec = IClickHouseInstallation["spec"];

/** Named parts that an installation is put together from. */
export type Templates = NonNullable<Spec["templates"]>;

/** Which of the named parts are used where nothing else is said. */
export type TemplateNames = NonNullable<NonNullable<Spec["defaults"]>["templates"]>;

/** A ClickHouse installation: clusters of shards of replicas, each replica a host with a StatefulSet of its own. */
export interface Installation extends Stored {
  readonly spec: Spec;
  readonly status?: { readonly status?: string };
}

export const INSTALLATIONS: ResourceType<Installation> = {
  apiVersion: "clickhouse.altinity.com/v1",
  kind: "ClickHouseInstallation",
  plural: "clickhouseinstallations",
  namespaced: true,
  custom: true,
};

/** One server. */
export interface Host {
  /** Name of its StatefulSet and of its Service. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly templates: TemplateNames;
}

/** A pod template; the operator's definition leaves its pod open. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec: IPodSpec;
}

export const APP_LABELS = { "clickhouse.altinity.com/app": "chop" } as const;

/** The servers of an installation. */
export function hostsOf({ metadata, spec }: Installation): Host[] {
  return spec.configuration.clusters.flatMap(({ name: cluster, layout, templates }) =>
    range(layout.shardsCount).flatMap((shard) =>
      range(layout.replicasCount).map((replica) => ({
        name: `chi-${metadata.name}-${cluster}-${shard}-${replica}`,
        templates: { ...spec.defaults?.templates, ...templates },
        labels: {
          ...labelsOf({ metadata }),
          "clickhouse.altinity.com/cluster": cluster,
          "clickhouse.altinity.com/shard": String(shard),
          "clickhouse.altinity.com/replica": String(replica),
        },
      })),
    ),
  );
}

/** Labels of everything that belongs to an installation. */
export function labelsOf({ metadata }: Stored): Record<string, string> {
  const { name, namespace = "" } = metadata;
  return { ...APP_LABELS, "clickhouse.altinity.com/chi": name, "clickhouse.altinity.com/namespace": namespace };
}

/** Metadata of what belongs to an installation, and goes with it. */
export function metadataOf(owner: Installation, name: string, labels: Readonly<Record<string, string>>): DraftMetadata {
  const { namespace } = owner.metadata;
  return { name, namespace, labels, ownerReferences: [ownedBy(INSTALLATIONS, owner)] };
}

/** The part of a name, which must be there. */
export function named<T extends { readonly name: string }>(
  parts: readonly T[] | undefined,
  name: string | undefined,
  what: string,
): T | undefined {
  if (name === undefined) return undefined;
  const found = parts?.find((part) => part.name === name);
  if (found === undefined) throw new Error(`the installation names a ${what} ${name} and has none`);
  return found;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
