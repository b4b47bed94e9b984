import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import type { ClusterOf } from "../clusters";
import type { ProgramResource } from "../program";
import type { Lookups, Sighting } from "../sighting";
import type { Values } from "../values";

/** Group and version, plural, and whether it lives in a namespace. */
type Kind = readonly [api: string, plural: string, scope: "cluster" | "namespace"];

const RBAC = "apis/rbac.authorization.k8s.io/v1";

const KINDS: Readonly<Record<string, Kind>> = {
  kubernetes_namespace_v1: ["api/v1", "namespaces", "cluster"],
  kubernetes_network_policy_v1: ["apis/networking.k8s.io/v1", "networkpolicies", "namespace"],
  kubernetes_resource_quota_v1: ["api/v1", "resourcequotas", "namespace"],
  kubernetes_limit_range_v1: ["api/v1", "limitranges", "namespace"],
  kubernetes_config_map_v1: ["api/v1", "configmaps", "namespace"],
  kubernetes_secret_v1: ["api/v1", "secrets", "namespace"],
  kubernetes_service_account_v1: ["api/v1", "serviceaccounts", "namespace"],
  kubernetes_service_v1: ["api/v1", "services", "namespace"],
  kubernetes_role_v1: [RBAC, "roles", "namespace"],
  kubernetes_role_binding_v1: [RBAC, "rolebindings", "namespace"],
  kubernetes_cluster_role_v1: [RBAC, "clusterroles", "cluster"],
  kubernetes_cluster_role_binding_v1: [RBAC, "clusterrolebindings", "cluster"],
  kubernetes_storage_class_v1: ["apis/storage.k8s.io/v1", "storageclasses", "cluster"],
  kubernetes_priority_class_v1: ["apis/scheduling.k8s.io/v1", "priorityclasses", "cluster"],
};

/** Only the metadata: a secret's content is nobody's business here. */
const ONLY_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

const object = z.object({ metadata: z.object({ deletionTimestamp: z.string().nullish() }) });

/** Looks for Kubernetes objects by their names. */
export function kubernetesLookups(clusterOf: ClusterOf, values: Values): Lookups {
  return Object.fromEntries(
    Object.entries(KINDS).map(([type, kind]) => [type, (resource) => look(resource, kind, clusterOf, values)]),
  );
}

async function look(resource: ProgramResource, kind: Kind, clusterOf: ClusterOf, values: Values): Promise<Sighting> {
  const [api, plural, scope] = kind;
  const name = await values.need(resource, "metadata", "name");
  const namespace = scope === "cluster" ? "" : ((await values.text(resource, "metadata", "namespace")) ?? "default");
  const folder = namespace === "" ? "" : `namespaces/${encodeURIComponent(namespace)}/`;
  const path = `/${api}/${folder}${plural}/${encodeURIComponent(name)}`;
  const cluster = await clusterOf(resource);
  const { status, body } = await cluster.send({ method: "GET", path, accept: ONLY_METADATA }, [200, 404]);
  if (status === 404) return { is: "absent" };
  const parsed = object.safeParse(body);
  if (!parsed.success) {
    const where = `API server ${cluster.host}`;
    throw StrataError.of({ where, problem: `GET ${path}: the answer is no Kubernetes object`, fix: "" });
  }
  // The provider's id of an object is what it imports it by.
  const id = namespace === "" ? name : `${namespace}/${name}`;
  if (!parsed.data.metadata.deletionTimestamp) return { is: "there", id, importId: id };
  return { is: "unclear", problem: `${id} is being deleted`, fix: "Run it again when it is gone.", candidates: [id] };
}
