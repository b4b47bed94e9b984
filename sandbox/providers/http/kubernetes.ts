import type { World } from "../world/world";
import type { Face, FaceAnswer, FaceRequest } from "./face";
import { forgetPending, releaseSecrets } from "./helm-secrets";
import { described, textOf } from "./kubernetes-object";
import { type Attributes, attributesOf, block, isAttributes } from "./objects";

interface Kind {
  readonly kind: string;
  readonly apiVersion: string;
  /** Types of the Terraform provider that make it. */
  readonly types: readonly string[];
}

const BUILT_IN = ["default", "kube-node-lease", "kube-public", "kube-system"];

const KINDS: Readonly<Record<string, Kind>> = Object.fromEntries(
  [
    ["namespaces", "v1", "Namespace", "namespace"],
    ["resourcequotas", "v1", "ResourceQuota", "resource_quota"],
    ["configmaps", "v1", "ConfigMap", "config_map"],
    ["secrets", "v1", "Secret", "secret"],
    ["services", "v1", "Service", "service"],
    ["serviceaccounts", "v1", "ServiceAccount", "service_account"],
    ["networkpolicies", "networking.k8s.io/v1", "NetworkPolicy", "network_policy"],
    ["storageclasses", "storage.k8s.io/v1", "StorageClass", "storage_class"],
    ["priorityclasses", "scheduling.k8s.io/v1", "PriorityClass", "priority_class"],
    ["clusterrolebindings", "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "cluster_role_binding"],
  ].map(([plural = "", apiVersion = "", kind = "", type = ""]) => [
    plural,
    { kind, apiVersion, types: [`kubernetes_${type}_v1`, `kubernetes_${type}`] },
  ]),
);

/**
 * The API server of one simulated cluster as far as it reads: the objects that Terraform made, and the secrets in which
 * Helm keeps its releases. What a chart would make is not here.
 *
 * @param scope what the world calls the cluster
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export function kubernetesFace(world: World, scope: string): Face {
  return (request) => {
    if (!request.certified) return failed(401, "Unauthorized", "Unauthorized");
    if (request.method === "DELETE" && forgetPending(world, scope, request.path)) {
      return { status: 200, body: { kind: "Status", apiVersion: "v1", status: "Success" } };
    }
    if (request.method !== "GET") return failed(405, "MethodNotAllowed", "the simulated API server only reads here");
    if (request.path[0] === "version") return { status: 200, body: { major: "1", minor: "34", gitVersion: "v1.34.0" } };
    return answer(world, scope, request) ?? failed(404, "NotFound", "the server could not find the requested resource");
  };
}

function answer(world: World, scope: string, request: FaceRequest): FaceAnswer | undefined {
  const [root, ...rest] = request.path;
  const apiVersion = root === "apis" ? rest.splice(0, 2).join("/") : rest.splice(0, 1).join("/");
  const inNamespace = rest[0] === "namespaces" && rest.length > 2;
  const [plural = "", name] = inNamespace ? rest.slice(2) : rest;
  const namespace = inNamespace ? rest[1] : undefined;
  const kind = KINDS[plural];
  if (kind === undefined || kind.apiVersion !== apiVersion) return undefined;
  const all = objectsOf(world, scope, kind).filter(
    (object) => namespace === undefined || textOf(metadataOf(object), "namespace") === namespace,
  );
  if (name === undefined) {
    const selector = request.query.get("labelSelector") ?? "";
    const items = all.filter((object) => selects(selector, metadataOf(object).labels));
    return { status: 200, body: { ...listKind(request, kind), metadata: { resourceVersion: "1" }, items } };
  }
  const found = all.find((object) => textOf(metadataOf(object), "name") === name);
  if (found !== undefined) return { status: 200, body: { kind: kind.kind, apiVersion, ...found } };
  return failed(404, "NotFound", `${plural} "${name}" not found`);
}

/** A client may ask for the metadata alone; more than that is no harm. */
function listKind(request: FaceRequest, { kind, apiVersion }: Kind): Attributes {
  return request.header("accept").includes("as=PartialObjectMetadataList")
    ? { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" }
    : { kind: `${kind}List`, apiVersion };
}

function objectsOf(world: World, scope: string, kind: Kind): Attributes[] {
  const made = kind.types.flatMap((type) => attributesOf(world, type, (object) => object.scope === scope));
  const objects = made.map((each) => described(kind.kind, block(each, "metadata")));
  if (kind.kind === "Namespace") return [...BUILT_IN.map((name) => described(kind.kind, { name })), ...objects];
  return kind.kind === "Secret" ? [...objects, ...releaseSecrets(world, scope)] : objects;
}

/** Whether labels meet a selector of `a=b`, `a!=b`, `a in (b,c)`, `a` and `!a`. */
export function selects(selector: string, labels: unknown): boolean {
  const known = isAttributes(labels) ? labels : {};
  return selector.split(/,(?![^(]*\))/).every((term) => {
    const [, name = "", operator = "", right = ""] =
      /^\s*(!?[^\s=!]+)\s*(==?|!=|in|notin)?\s*(.*?)\s*$/.exec(term) ?? [];
    if (name === "") return true;
    if (operator === "") return name.startsWith("!") ? !(name.slice(1) in known) : name in known;
    const values = right.replace(/^\(|\)$/g, "").split(/\s*,\s*/);
    return values.includes(String(known[name] ?? "")) !== (operator === "!=" || operator === "notin");
  });
}

function metadataOf(object: Attributes): Attributes {
  return isAttributes(object.metadata) ? object.metadata : {};
}

function failed(code: number, reason: string, message: string): FaceAnswer {
  return { status: code, body: { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code } };
}
