import { AuthenticationV1Api, KubeConfig, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { vaultNames } from "../../../../constructs/core/names";
import type { TwoClusters } from "./two-clusters";

/** What a service account's token is good for. */
export function serviceAccountTests(world: TwoClusters): void {
  test("a service account's token reviews itself, for Vault and for the API server only", async () => {
    const { platform } = world;
    await platform.core.createNamespacedServiceAccount({
      namespace: "default",
      body: { metadata: { name: "reader" } },
    });
    await platform.config.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
      body: {
        metadata: { name: "reader-delegates" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
        subjects: [{ kind: "ServiceAccount", name: "reader", namespace: "default" }],
      },
    });
    const review = async (audiences: string[], asked: string[]) => {
      const { status } = await platform.core.createNamespacedServiceAccountToken({
        name: "reader",
        namespace: "default",
        body: { spec: { audiences } },
      });
      const token = status?.token ?? "";
      const own = new KubeConfig();
      own.loadFromOptions({
        clusters: platform.config.clusters,
        users: [{ name: "reader", token }],
        contexts: [{ name: "reader", cluster: platform.config.clusters[0]?.name ?? "", user: "reader" }],
        currentContext: "reader",
      });
      const body = { spec: { token, audiences: asked } };
      return own.makeApiClient(AuthenticationV1Api).createTokenReview({ body });
    };
    const { audience, apiAudience } = vaultNames;
    const reviewed = await review([audience, apiAudience], [audience]);
    expect(reviewed.status).toMatchObject({
      authenticated: true,
      audiences: [audience],
      user: { username: "system:serviceaccount:default:reader" },
    });
    expect((await review([audience, apiAudience], ["other"])).status?.authenticated).toBeFalsy();
    await expect(review([audience], [audience])).rejects.toMatchObject({ code: 401 });
  });
}
