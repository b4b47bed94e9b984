import type { Traffic } from "../../kubernetes/tenant-namespace/traffic";
import type { StoreTrafficProps } from "../traffic";

export const REDIS_PORT = 6379;

/** What a namespace with a Redis instance admits beside what it denies by default. */
export function redisTraffic(props: Omit<StoreTrafficProps, "operator">): Traffic[] {
  return [
    ...props.consumers.map((namespace) => ({ from: "namespace" as const, namespace, ports: [REDIS_PORT] })),
    { within: "namespace" },
  ];
}
