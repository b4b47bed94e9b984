import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import type { Traffic } from "../../constructs/kubernetes/tenant-namespace/traffic";
import { clusterStack, render, resourcesOf } from "../helpers/program";
import { at } from "../helpers/releases";

const CACHE = { "app.kubernetes.io/instance": "cache" };
const FROM_SHOP: Traffic = { from: "namespace", namespace: "shop", ports: [6379] };
const FROM_BLOG: Traffic = { from: "namespace", namespace: "blog", ports: [6379] };
const peer = (namespace: string) => ({
  namespace_selector: { match_labels: { "kubernetes.io/metadata.name": namespace } },
});
const rule = (namespace: string) => ({ from: [peer(namespace)], ports: [{ port: "6379", protocol: "TCP" }] });

/** Policies of a namespace by name. */
function policies(traffic: readonly Traffic[]) {
  const stacks = render((app) => {
    const { stack, target } = clusterStack(app);
    new TenantNamespace(stack, "namespace", { target, name: "data", traffic });
  });
  return Object.fromEntries(
    resourcesOf(stacks["l2-base-test"], "kubernetes_network_policy_v1").map((body) => [
      String(at(body, "metadata", "name")),
      body.spec ?? null,
    ]),
  );
}

test("lines for all pods stand in the one policy that denies everything else", () => {
  const found = policies([FROM_SHOP, { ...FROM_BLOG, pods: {} }]);
  expect(Object.keys(found)).toEqual(["default"]);
  expect(found.default).toMatchObject({
    pod_selector: {},
    policy_types: ["Ingress", "Egress"],
    ingress: [rule("shop"), rule("blog")],
    egress: [{ to: [peer("kube-system")] }],
  });
});

test("lines for some pods open those pods and no others", () => {
  const { default: everyPod, ...others } = policies([{ ...FROM_SHOP, pods: CACHE }]);
  expect(at(everyPod, "ingress")).toEqual([]);
  expect(others).toEqual({
    [Object.keys(others)[0] ?? ""]: {
      pod_selector: { match_labels: CACHE },
      policy_types: ["Ingress"],
      ingress: [rule("shop")],
    },
  });
});

test("a policy that only opens the way out says nothing of the way in", () => {
  const found = policies([{ to: "internet", ports: [443], why: "backups", pods: CACHE }]);
  const [name = ""] = Object.keys(found).filter((each) => each !== "default");
  expect(at(found[name], "policy_types")).toEqual(["Egress"]);
  expect(at(found[name], "ingress")).toBeUndefined();
  expect(at(found.default, "egress")).toHaveLength(1);
});

test("the same pods have one policy, in whatever order their labels are named", () => {
  const one = policies([
    { ...FROM_SHOP, pods: { tier: "store", app: "cache" } },
    { ...FROM_BLOG, pods: { app: "cache", tier: "store" } },
  ]);
  const two = policies([{ ...FROM_SHOP, pods: { app: "cache", tier: "store" } }]);
  expect(Object.keys(one)).toEqual(Object.keys(two));
  expect(Object.keys(one)).toHaveLength(2);
  expect(at(one[Object.keys(one).find((name) => name !== "default") ?? ""], "ingress")).toEqual([
    rule("shop"),
    rule("blog"),
  ]);
});

test("pods whose names would read alike have policies of their own, whose names Kubernetes takes", () => {
  const names = Object.keys(
    policies([
      { ...FROM_SHOP, pods: { app: "a.b" } },
      { ...FROM_BLOG, pods: { app: "a_B" } },
      { ...FROM_BLOG, pods: { app: "a".repeat(63), part: "b".repeat(63) } },
    ]),
  );
  expect(names).toHaveLength(4);
  for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/);
});

test("traffic within some pods stays among them", () => {
  const found = policies([{ within: "namespace", pods: CACHE }]);
  const [name = ""] = Object.keys(found).filter((each) => each !== "default");
  const among = [{ pod_selector: { match_labels: CACHE } }];
  expect(found[name]).toMatchObject({ ingress: [{ from: among }], egress: [{ to: among }] });
});
