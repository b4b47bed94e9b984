import { CLICKHOUSE_OPERATOR_NAMESPACE } from "../../components/clickhouse-operator";
import type { Traffic } from "../../kubernetes/tenant-namespace/traffic";
import type { StoreTrafficProps } from "../traffic";
import { BACKUP_PODS, SERVER_PODS } from "./labels";

export const CLICKHOUSE_PORTS = { http: 8123, native: 9000 } as const;

/** What a namespace with a ClickHouse installation admits beside what it denies by default. */
export function clickhouseTraffic(props: StoreTrafficProps): Traffic[] {
  const ports = [CLICKHOUSE_PORTS.http, CLICKHOUSE_PORTS.native];
  const operator = props.operator ?? CLICKHOUSE_OPERATOR_NAMESPACE;
  const pods = SERVER_PODS;
  return [
    // The operator changes the schema when hosts come and go, and its exporter reads the metrics.
    { from: "namespace", namespace: operator, ports, pods },
    ...props.consumers.map((namespace) => ({ from: "namespace" as const, namespace, ports, pods })),
    { within: "namespace" },
    ...(props.backup === true ? [SERVER_PODS, BACKUP_PODS].map(toObjectStore) : []),
  ];
}

/** The server writes and reads backups itself; its Jobs list and delete them. */
function toObjectStore(pods: Traffic["pods"]): Traffic {
  return { to: "internet", ports: [443], why: "backups stand in object storage outside the cluster", pods };
}
