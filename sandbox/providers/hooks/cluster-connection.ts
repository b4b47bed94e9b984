import { textAt } from "../wire/paths";
import type { Values } from "../wire/values";
import type { World } from "../world/world";
import { checkCertificate, checkKey } from "./certificates";
import { type Call, Refusal } from "./types";

const BUILT_IN = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

/** Refuses what a real connection would: credentials that are no PEM, and an API server that is not there. */
export function reachCluster(call: Call, connection: Values | null): void {
  const host = textAt(connection ?? {}, "host");
  for (const field of ["cluster_ca_certificate", "client_certificate"]) {
    const text = textAt(connection ?? {}, field);
    if (text !== "") checkCertificate(field, text);
  }
  const key = textAt(connection ?? {}, "client_key");
  if (key !== "") checkKey("client_key", key);
  if (!clusterAt(call.world, host)) {
    const address = host === "" ? "http://localhost" : host;
    throw new Refusal(
      `Kubernetes cluster unreachable: Get "${address}/version": connect: connection refused`,
      host === ""
        ? "The provider configuration names no host."
        : `No cluster of the sandbox has the API server ${host}.`,
    );
  }
}

function clusterAt(world: World, host: string): boolean {
  const name = apiServer(host);
  return world.find("vultr_kubernetes", ({ values }) => namesOf(values).includes(name)).length > 0;
}

/** How a cluster is called: by its endpoint, its address, or what its kubeconfig says. */
function namesOf(cluster: Values): string[] {
  const kubeconfig = Buffer.from(textAt(cluster, "kube_config"), "base64").toString();
  const server = /^\s*server:\s*(\S+)\s*$/m.exec(kubeconfig)?.[1] ?? "";
  return [textAt(cluster, "endpoint"), textAt(cluster, "ip"), apiServer(server)];
}

/** Clusters on one machine differ in their port only; the usual one is left out. */
function apiServer(host: string): string {
  return host
    .replace(/^https?:\/\//, "")
    .replace(/\/.*$/, "")
    .replace(/:6443$/, "");
}

/** Two spellings of one API server are one cluster. */
export function clusterScope(connection: Values | null): string {
  return apiServer(textAt(connection ?? {}, "host"));
}

/** Whether a cluster has a namespace: built in, made by a resource, or by a release that makes its own. */
export function namespaceExists({ world, scope }: Call, name: string): boolean {
  if (BUILT_IN.has(name)) return true;
  return world
    .find(undefined, (object) => object.scope === scope)
    .some(({ type, values }) => {
      if (type === "kubernetes_namespace_v1" || type === "kubernetes_namespace")
        return textAt(values, "metadata.0.name") === name;
      return type === "helm_release" && values.create_namespace === true && values.namespace === name;
    });
}
