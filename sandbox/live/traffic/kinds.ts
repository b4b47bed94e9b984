import { isJsonObject, type JsonObject } from "../../../constructs/core/json";
import { SECRETS, SERVICES } from "../controllers/api/core";
import type { Draft, ResourceType, Stored } from "../controllers/api/objects";

const TRAEFIK = "traefik.io/v1alpha1";

/** Kinds of rendered objects that make traffic flow; pods and their permissions do not. */
export const TRAFFIC_KINDS: readonly ResourceType<Stored>[] = [
  kind(TRAEFIK, "IngressRoute", "ingressroutes"),
  kind(TRAEFIK, "Middleware", "middlewares"),
  kind(TRAEFIK, "ServersTransport", "serverstransports"),
  kind(TRAEFIK, "TLSOption", "tlsoptions"),
  kind(TRAEFIK, "TLSStore", "tlsstores"),
  kind(TRAEFIK, "TraefikService", "traefikservices"),
  SERVICES,
];

export const TLS_OPTIONS = kind(TRAEFIK, "TLSOption", "tlsoptions");
export const NAMESPACES = kind("v1", "Namespace", "namespaces", false);
export const DEFINITIONS = kind(
  "apiextensions.k8s.io/v1",
  "CustomResourceDefinition",
  "customresourcedefinitions",
  false,
);
export const ENDPOINT_SLICES = kind("discovery.k8s.io/v1", "EndpointSlice", "endpointslices");
export { SECRETS, SERVICES };

function kind(apiVersion: string, name: string, plural: string, namespaced = true): ResourceType<Stored> {
  return { apiVersion, kind: name, plural, namespaced };
}

/** The kind of a rendered object, where traffic depends on it. */
export function trafficKind(object: JsonObject): ResourceType<Stored> | undefined {
  return TRAFFIC_KINDS.find(({ apiVersion, kind: name }) => object.kind === name && object.apiVersion === apiVersion);
}

/** A rendered object as it is applied. */
export function draftOf(object: JsonObject): Draft<Stored> {
  const { metadata } = object;
  if (!isJsonObject(metadata) || typeof metadata.name !== "string") throw new Error("An object has no name.");
  const { name, namespace, ...more } = metadata;
  return { ...object, metadata: { ...more, name, ...(typeof namespace === "string" && { namespace }) } };
}
