import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { ClusterConnection } from "../../../sandbox/clusters/driver";
import { kubeconfig } from "../../../sandbox/clusters/kubeconfig";

/** A service account of one cluster. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** How long a token may be used: the shortest that an API server gives. */
const SECONDS = 600;

/** Talks to a cluster as its administrator. */
export function clusterClient(cluster: ClusterConnection): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig("cluster", cluster));
  return config;
}

/** Asks a cluster for a token of one of its service accounts, as the kubelet and External Secrets do. */
export async function serviceAccountToken(
  cluster: ClusterConnection,
  { namespace, serviceAccount }: ServiceAccount,
  audiences: readonly string[],
): Promise<string> {
  const { status } = await clusterClient(cluster)
    .makeApiClient(CoreV1Api)
    .createNamespacedServiceAccountToken({
      namespace,
      name: serviceAccount,
      body: { spec: { audiences: [...audiences], expirationSeconds: SECONDS } },
    });
  if (status === undefined) throw new Error(`${cluster.server} gives no token of ${namespace}/${serviceAccount}.`);
  return status.token;
}
