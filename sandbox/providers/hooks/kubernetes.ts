import { digestOf } from "../engine/fill";
import { at, put, textAt } from "../wire/paths";
import { isValues, Unknown, type Values } from "../wire/values";
import { clusterScope, namespaceExists, reachCluster } from "./cluster-connection";
import { publicAddress, uuid } from "./ids";
import { type Call, type Change, type DataHook, type ProviderHooks, Refusal, type ResourceHook } from "./types";

const NAMESPACE = "kubernetes_namespace_v1";

/** Kinds without a namespace, among those that the provider has. */
const CLUSTER_WIDE =
  /namespace|cluster_role|storage_class|priority_class|persistent_volume_v1|webhook|csi_driver|runtime_class|ingress_class|api_service|node_taint/;

/** `default/web`, or `web` for what has no namespace: the provider's own form of an id. */
function objectId(state: Values): string {
  const name = textAt(state, "metadata.0.name") || `${textAt(state, "metadata.0.generate_name")}sandbox`;
  const namespace = textAt(state, "metadata.0.namespace");
  return namespace === "" ? name : `${namespace}/${name}`;
}

function kindOf(type: string): string {
  return `${type
    .replace(/^kubernetes_/, "")
    .replace(/_v\d+$/, "")
    .replaceAll("_", "")}s`;
}

function stamp({ state, digest, prior }: Change): void {
  const metadata = at(state, "metadata.0");
  if (!isValues(metadata)) return;
  if (metadata.name instanceof Unknown) metadata.name = `${textAt(metadata, "generate_name")}sandbox`;
  metadata.uid = prior === null ? uuid(digestOf(digest, "uid")) : (metadata.uid ?? null);
  metadata.generation = Number(at(prior ?? {}, "metadata.0.generation") ?? 0) + 1;
  metadata.resource_version = String(1000 + Number(metadata.generation));
}

function needNamespace(change: Change): void {
  const namespace = textAt(change.state, "metadata.0.namespace");
  if (namespace !== "" && !namespaceExists(change, namespace)) {
    throw new Refusal(`namespaces "${namespace}" not found`, `${change.type} "${change.id}" has nowhere to go.`);
  }
}

/** Any object of the API: all of them share their metadata. */
function object(type: string): ResourceHook {
  const clusterWide = CLUSTER_WIDE.test(type);
  return {
    forceNew: ["metadata.name", "metadata.namespace", "metadata.generate_name"],
    defaults: {
      ...(clusterWide ? {} : { "metadata.namespace": "default" }),
      ...(type === NAMESPACE ? { wait_for_default_service_account: false } : {}),
    },
    id: objectId,
    taken: (id) => new Refusal(`${kindOf(type)} "${id.split("/").at(-1)}" already exists`),
    create(change) {
      if (!clusterWide) needNamespace(change);
      stamp(change);
    },
    update: stamp,
    ...(type === NAMESPACE ? { delete: emptyNamespace } : {}),
  };
}

/** A namespace takes with it all that lives in it. */
function emptyNamespace({ world, scope, id }: Change): void {
  world.removeWhere(
    ({ scope: other, values }) =>
      other === scope && (values.namespace === id || textAt(values, "metadata.0.namespace") === id),
  );
}

/** Any service that is looked up is taken for a load balancer: what a chart makes is not known here. */
const service: DataHook = (state, call) => {
  const namespace = textAt(state, "metadata.0.namespace") || "default";
  const name = textAt(state, "metadata.0.name");
  state.id = `${namespace}/${name}`;
  // The real data source answers with empty lists for a service that is not there.
  const exists = namespaceExists(call, namespace);
  state.spec = [];
  state.status = exists
    ? [{ load_balancer: [{ ingress: [{ hostname: "", ip: loadBalancer(call, namespace, name) }] }] }]
    : [];
};

function loadBalancer({ scope }: Call, namespace: string, name: string): string {
  return publicAddress(digestOf("load balancer", scope, namespace, name));
}

const namespace: DataHook = (state, call) => {
  const name = textAt(state, "metadata.0.name");
  if (!namespaceExists(call, name)) throw new Refusal(`namespaces "${name}" not found`);
  state.id = name;
  const [made] = call.world.find(NAMESPACE, ({ scope, id }) => scope === call.scope && id === name);
  put(state, "metadata.0.uid", textAt(made?.values, "metadata.0.uid") || uuid(digestOf(call.scope, "namespace", name)));
};

const DATA: Record<string, DataHook> = { kubernetes_service_v1: service, kubernetes_namespace_v1: namespace };

/** Kubernetes objects: metadata, namespaces, the load balancer's address (provider 2.38.0). */
export const kubernetes: ProviderHooks = {
  name: "kubernetes",
  legacyTypeSystem: true,
  formatId: uuid,
  scope: clusterScope,
  reach: (call) => reachCluster(call, call.provider),
  resource: object,
  dataSource: (type) => DATA[type],
};
