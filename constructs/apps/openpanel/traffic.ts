import { TRAEFIK_NAMESPACE } from "../../components/traefik";
import { CLICKHOUSE_PORTS } from "../../data/clickhouse";
import { POSTGRESQL_PORT } from "../../data/postgresql";
import { REDIS_PORT } from "../../data/redis";
import type { Traffic } from "../../kubernetes/tenant-namespace/traffic";
import type { AppPlacement } from "../app";
import { integrationsOf } from "./integrations";
import { PODS, PORT } from "./names";
import type { OpenPanelSettings, WorkloadName } from "./settings";

const HTTPS = 443;

/**
 * Each pod reaches what it needs. Nothing outside, but what is switched on: of what OpenPanel can fetch, several parts
 * could be made to fetch anything. The worker takes no requests at all, and the dashboard reaches only the API.
 */
export function openpanelTraffic(placement: AppPlacement, settings: OpenPanelSettings): Traffic[] {
  const ports = [POSTGRESQL_PORT, REDIS_PORT, CLICKHOUSE_PORTS.http];
  return [
    { from: "namespace", namespace: TRAEFIK_NAMESPACE, ports: [PORT], pods: PODS.web },
    // The dashboard renders pages with what it asks the API.
    { within: "namespace", pods: PODS.web },
    ...([PODS.api, PODS.worker, PODS.migration] as const).map(
      (pods): Traffic => ({ to: "namespace", namespace: placement.dataNamespace, ports, pods }),
    ),
    ...outside(settings),
  ];
}

/** Ports on the internet, never private ranges; a network policy knows no names of hosts. */
function outside(settings: OpenPanelSettings): Traffic[] {
  const { smtp } = settings;
  const lines = [
    ...(smtp === undefined ? [] : [{ callers: BOTH, port: smtp.port, why: "invitations and password resets by mail" }]),
    ...integrationsOf(settings).map(({ callers, why }) => ({ callers, port: HTTPS, why })),
  ];
  return BOTH.flatMap((name) => {
    const own = lines.filter(({ callers }) => callers.includes(name));
    const ports = [...new Set(own.map(({ port }) => port))];
    return ports.map((port): Traffic => {
      const why = own.filter((line) => line.port === port).map((line) => line.why);
      return { to: "internet", ports: [port], why: why.join(", "), pods: PODS[name] };
    });
  });
}

const BOTH = ["api", "worker"] as const satisfies readonly WorkloadName[];
