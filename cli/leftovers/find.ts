import type { ApiTransport } from "../kubernetes/api-server";
import { type ClusterApi, clusterApi } from "../kubernetes/cluster-api";
import { DEFAULT_RETRY, type RetryPolicy } from "../retry";
import { findLoadBalancers } from "./load-balancers";
import type { Leftovers } from "./model";
import { findStuckNamespaces, findStuckObjects } from "./stuck";
import { findVolumes } from "./volumes";

/** How an API server is talked to. */
export interface ReachOptions {
  /** What messages call it. @default "of the cluster" */
  readonly host?: string;
  /** How requests are repeated while it is busy. @default - five times in 4 s */
  readonly retry?: RetryPolicy;
}

/**
 * What is left in a cluster that would outlive it and be billed (load balancers, volumes), or that its end would wait
 * for (namespaces and custom resources that do not go). Changes nothing.
 *
 * @throws StrataError when the API server cannot be reached or refuses
 */
export async function findLeftovers(transport: ApiTransport, options: ReachOptions = {}): Promise<Leftovers> {
  const api = openApi(transport, options);
  return {
    loadBalancers: await findLoadBalancers(api),
    volumes: await findVolumes(api),
    namespaces: await findStuckNamespaces(api),
    objects: await findStuckObjects(api),
  };
}

/** The API of a cluster behind a transport. */
export function openApi(transport: ApiTransport, { host, retry }: ReachOptions): ClusterApi {
  return clusterApi(host ?? "of the cluster", transport, retry ?? DEFAULT_RETRY);
}
