import { TRAEFIK_NAMESPACE } from "../../components/traefik";
import { CLICKHOUSE_PORTS } from "../../data/clickhouse";
import { POSTGRESQL_PORT } from "../../data/postgresql";
import { REDIS_PORT } from "../../data/redis";
import type { Traffic } from "../../kubernetes/tenant-namespace/traffic";
import type { AppPlacement } from "../app";
import { PORT } from "./names";
import type { OpenPanelSettings } from "./settings";

/** Nothing outside: of what OpenPanel can fetch, several parts could be made to fetch anything. */
export function openpanelTraffic(placement: AppPlacement, settings: OpenPanelSettings): Traffic[] {
  return [
    { from: "namespace", namespace: TRAEFIK_NAMESPACE, ports: [PORT] },
    // The dashboard renders pages with what it asks the API.
    { within: "namespace" },
    {
      to: "namespace",
      namespace: placement.dataNamespace,
      ports: [POSTGRESQL_PORT, REDIS_PORT, CLICKHOUSE_PORTS.http],
    },
    ...(settings.smtp === undefined
      ? []
      : [{ to: "internet" as const, ports: [settings.smtp.port], why: "invitations and password resets by mail" }]),
  ];
}
