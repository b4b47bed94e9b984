import { ClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { ManifestObject } from "../../../kubernetes/manifest-set";
import { snapshotAccount } from "../names";
import type { VaultSnapshotsProps } from "./index";

/** Vault has the account's token reviewed with that same token: that is all that it may do in the cluster. */
export function account({ target, namespace }: VaultSnapshotsProps): ManifestObject[] {
  const { serviceAccount: name } = snapshotAccount(target.cluster);
  return [
    new ServiceAccount({ metadata: { name, namespace }, automountServiceAccountToken: false }),
    new ClusterRoleBinding({
      metadata: { name: `${namespace}-${name}-token-review` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    }),
  ];
}
