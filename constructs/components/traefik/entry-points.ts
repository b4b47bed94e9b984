import { ENTRY_POINTS, type EntryPointName } from "../../access/entry-point";
import type { JsonObject } from "../../core/json";
import { CLOUDFLARE_RANGES } from "./cloudflare-ranges";
import { sourcesReference } from "./sources";

export { ENTRY_POINTS, type EntryPointName };

export interface EntryPointSettings {
  /** Source ranges that the load balancer admits: `cloudflare` or CIDRs. */
  readonly sources: "cloudflare" | readonly string[];
}

/** Ports of Traefik's pods; each entry point has a load balancer of its own that leads to one of them. */
export const ENTRY_POINT_PORTS: Readonly<Record<EntryPointName, number>> = { edge: 8443, machine: 9443 };

/** Port of the load balancers. There is no port 80: plain HTTP to a proxied host is redirected by Cloudflare. */
const HTTPS = 443;

const ANNOTATION = "service.beta.kubernetes.io/vultr-loadbalancer-";

/**
 * A Traefik entry point. The load balancer announces the client by PROXY protocol, which is believed from the cluster's
 * network only; `X-Forwarded-For` is believed from Cloudflare only, and only where nobody else can connect.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/
 */
export function entryPointPort(
  name: EntryPointName,
  settings: EntryPointSettings,
  { network, namespace }: { readonly network: string; readonly namespace: string },
): JsonObject {
  const trusted = name === "edge" && settings.sources === "cloudflare" ? [...CLOUDFLARE_RANGES] : [];
  return {
    port: ENTRY_POINT_PORTS[name],
    exposedPort: HTTPS,
    protocol: "TCP",
    // The Service of this name, and no other.
    expose: { [name]: true },
    forwardedHeaders: { insecure: false, trustedIPs: trusted },
    proxyProtocol: { insecure: false, trustedIPs: [network] },
    http: {
      tls: { enabled: true },
      // Applications decode twice or not at all: what could be read as another path than the one that was checked is
      // refused with 400. A slash in a name (`%2F`) is left, because the APIs of Vault and of clusters use it.
      encodedCharacters: {
        allowEncodedBackSlash: false,
        allowEncodedNullCharacter: false,
        allowEncodedPercent: false,
        allowEncodedSemicolon: false,
      },
      // `X_Auth_Request_User` is `X-Auth-Request-User` for some servers.
      underscoreHeadersStrategy: "delete",
      middlewares: sourcesReference(name, settings, namespace),
    },
    // Load balancers learn that a pod goes a moment after it has been told to.
    transport: { lifeCycle: { requestAcceptGraceTimeout: 10 } },
  };
}

/**
 * The load balancer of an entry point.
 *
 * @see https://github.com/vultr/vultr-cloud-controller-manager/blob/master/docs/load-balancers.md
 */
export function entryPointService(name: EntryPointName, settings: EntryPointSettings, cluster: string): JsonObject {
  return {
    annotations: {
      [`${ANNOTATION}label`]: `${cluster}-${name}`,
      [`${ANNOTATION}protocol`]: "tcp",
      [`${ANNOTATION}proxy-protocol`]: "true",
      [`${ANNOTATION}firewall-rules`]: firewallRules(settings.sources),
      // Nodes are reached over the private network, so the firewall of their public addresses stays closed.
      [`${ANNOTATION}vpc`]: "true",
    },
    // Only nodes that run Traefik get traffic, and none of it is forwarded under another node's address.
    spec: { type: "LoadBalancer", externalTrafficPolicy: "Local" },
  };
}

/** Rules as the cloud controller reads them: `source,port;source,port`, where the source may be `cloudflare`. */
export function firewallRules(sources: EntryPointSettings["sources"]): string {
  const list = sources === "cloudflare" ? ["cloudflare"] : sources;
  return list.map((source) => `${source},${HTTPS}`).join(";");
}
