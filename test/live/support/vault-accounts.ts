import { CoreV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import type { ClusterConnection } from "../../../sandbox/clusters/driver";
import { clusterClient } from "./service-account-tokens";

/** Makes a namespace with service accounts that may log in to Vault: it has their tokens reviewed in their own name. */
export async function makeAccounts(
  cluster: ClusterConnection,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  const client = clusterClient(cluster);
  const core = client.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  for (const name of names) await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
  await client.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
    body: {
      metadata: { name: `${namespace}-token-review` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: names.map((name) => ({ kind: "ServiceAccount", name, namespace })),
    },
  });
}
