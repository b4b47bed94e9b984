import { CLICKHOUSE_OPERATOR_NAMESPACE } from "../../components/clickhouse-operator";
import type { Traffic } from "../../kubernetes/tenant-namespace/traffic";
import type { StoreTrafficProps } from "../traffic";

export const CLICKHOUSE_PORTS = { http: 8123, native: 9000 } as const;

/** What a namespace with a ClickHouse installation admits beside what it denies by default. */
export function clickhouseTraffic(props: StoreTrafficProps): Traffic[] {
  const ports = [CLICKHOUSE_PORTS.http, CLICKHOUSE_PORTS.native];
  const operator = props.operator ?? CLICKHOUSE_OPERATOR_NAMESPACE;
  return [
    // The operator changes the schema when hosts come and go, and its exporter reads the metrics.
    { from: "namespace", namespace: operator, ports },
    ...props.consumers.map((namespace) => ({ from: "namespace" as const, namespace, ports })),
    { within: "namespace" },
  ];
}
