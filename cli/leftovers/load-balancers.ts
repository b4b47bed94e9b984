import { z } from "zod";
import type { ClusterApi } from "../kubernetes/cluster-api";
import { listAll, metadata } from "../kubernetes/listing";
import type { LoadBalancer } from "./model";

const ingress = z.object({ ip: z.string().optional(), hostname: z.string().optional() });
const service = z.object({
  metadata,
  spec: z.object({ type: z.string().default("ClusterIP") }),
  status: z.object({ loadBalancer: z.object({ ingress: z.array(ingress).default([]) }).optional() }).optional(),
});

/** All Services of a cluster that have a load balancer, or will have one. */
export async function findLoadBalancers(api: ClusterApi): Promise<readonly LoadBalancer[]> {
  const services = await listAll(api, "/api/v1/services", service);
  return services
    .filter(({ spec }) => spec.type === "LoadBalancer")
    .map(({ metadata: { namespace = "", name, deletionTimestamp }, status }) => ({
      namespace,
      name,
      addresses: (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []),
      deleting: deletionTimestamp !== undefined,
    }));
}
