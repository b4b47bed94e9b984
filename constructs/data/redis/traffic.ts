import { INSTANCE_LABEL } from "../../components/valkey";
import type { PodLabels, Traffic } from "../../kubernetes/tenant-namespace/traffic";
import type { StoreTrafficProps } from "../traffic";

export const REDIS_PORT = 6379;

export interface RedisTrafficProps extends Pick<StoreTrafficProps, "consumers"> {
  /** Service of the instance that the consumers use. @default - they reach every instance of the namespace */
  readonly service?: string;
}

/** What a namespace with a Redis instance admits beside what it denies by default. */
export function redisTraffic({ consumers, service }: RedisTrafficProps): Traffic[] {
  const pods = service === undefined ? {} : { pods: instancePods(service) };
  return [
    ...consumers.map((namespace) => ({ from: "namespace" as const, namespace, ports: [REDIS_PORT], ...pods })),
    { within: "namespace" },
  ];
}

/** Labels of the pods of an instance, whatever its engine. */
export function instancePods(service: string): PodLabels {
  return { [INSTANCE_LABEL]: service };
}
