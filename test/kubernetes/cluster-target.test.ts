import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { clusterStack, render, resourcesOf } from "../helpers/program";

const stack = () =>
  render((app) => {
    const { stack: owner, target } = clusterStack(app);
    new TenantNamespace(owner, "namespace", {
      target,
      name: "demo",
      traffic: [
        { from: "namespace", namespace: "traefik", ports: [3000] },
        { to: "internet", ports: [443], why: "a test" },
      ],
    });
  })["l2-base-test"];

test("providers read the cluster from its published contract, under the cluster's alias", () => {
  const provider = stack()?.provider as Record<string, { alias: string; host?: string }[]>;
  expect(provider.kubernetes?.[0]).toMatchObject({
    alias: "test",
    host: "${data.terraform_remote_state.l1-cluster-test.outputs.host}",
  });
});

test("the state remembers its cluster and refuses another, before anything is touched", () => {
  const record = resourcesOf(stack(), "terraform_data")[0];
  expect(record).toMatchObject({
    lifecycle: {
      ignore_changes: ["input"],
      postcondition: [
        { condition: "${(self.output.cluster_id == data.terraform_remote_state.l1-cluster-test.outputs.cluster_id)}" },
      ],
    },
  });
  expect(resourcesOf(stack(), "kubernetes_namespace_v1")[0]?.depends_on).toEqual([
    "terraform_data.target-test_record_F5EC05AF",
  ]);
});

test("a namespace enforces Pod Security restricted and denies what is not allowed", () => {
  expect(resourcesOf(stack(), "kubernetes_namespace_v1")[0]).toMatchObject({
    metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  const policy = JSON.stringify(resourcesOf(stack(), "kubernetes_network_policy_v1")[0]);
  expect(policy).toContain('"policy_types":["Ingress","Egress"]');
  expect(policy).toContain('"169.254.0.0/16"');
});
