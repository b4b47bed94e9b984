import type { App } from "cdktf";
import type { JsonObject } from "../../../constructs/core/json";
import { LayerStack } from "../../../constructs/core/layer-stack";
import {
  KubernetesCluster,
  type KubernetesClusterProps,
  type NodePoolSpec,
  VultrProvider,
} from "../../../constructs/vultr";
import { refusal, refusals, render, resourcesOf } from "../../helpers/program";

const GENERAL: NodePoolSpec = { name: "general", plan: "vc2-2c-4gb", quantity: 2 };
const MEMORY: NodePoolSpec = { name: "memory", plan: "voc-m-2c-16gb-100s-amd", quantity: 1 };
const SPOT: NodePoolSpec = { name: "spot", plan: "vc2-1c-2gb", quantity: 1, autoscaling: { min: 1, max: 5 } };

const BASE: KubernetesClusterProps = {
  name: "acme-prod",
  region: "fra",
  version: "v1.36.1+1",
  vpcId: "11111111-2222-3333-4444-555555555555",
  highlyAvailable: true,
  firewall: true,
  protection: "retain",
  nodePools: [GENERAL, MEMORY, SPOT],
};

const cluster =
  (props: Partial<KubernetesClusterProps> = {}, allowDestroy = false) =>
  (app: App) => {
    const stack = new LayerStack(app, "l1-cluster-prod", {
      layer: 1,
      step: 2,
      backend: { type: "local" },
      allowDestroy,
    });
    new VultrProvider(stack, "vultr");
    const vke = new KubernetesCluster(stack, "cluster", { ...BASE, ...props });
    stack.publish("host", vke.host, { sensitive: true });
    stack.publish("client_key", vke.clientKey, { sensitive: true });
  };

/** A cluster whose first pool is fine and whose second one varies. */
const withPool = (pool: Partial<NodePoolSpec>) => cluster({ nodePools: [GENERAL, { ...MEMORY, ...pool }] });
const rendered = (build: (app: App) => void) => render(build)["l1-cluster-prod"] ?? {};
const resource = (build: (app: App) => void) => resourcesOf(rendered(build), "vultr_kubernetes")[0] ?? {};
const pools = (build: (app: App) => void) => resourcesOf(rendered(build), "vultr_kubernetes_node_pools");

describe("the cluster", () => {
  test("has its first pool inside and the others beside it", () => {
    expect(resource(cluster())).toMatchObject({
      label: "acme-prod",
      vpc_id: BASE.vpcId,
      ha_controlplanes: true,
      enable_firewall: true,
      node_pools: { label: "general", plan: "vc2-2c-4gb", node_quantity: 2, auto_scaler: false },
    });
    expect(pools(cluster()).map((pool) => pool.label)).toEqual(["memory", "spot"]);
  });

  test("publishes the server's URL from the kubeconfig, and certificates as they are exported", () => {
    const { output } = rendered(cluster()) as { output: Record<string, JsonObject> };
    expect(output.host?.value).toMatch(
      /^\$\{element\(yamldecode\(base64decode\(vultr_kubernetes\.\w+\.kube_config\)\)\.clusters, 0\)\.cluster\.server\}$/,
    );
    expect(output.client_key?.value).toMatch(/^\$\{vultr_kubernetes\.\w+\.client_key\}$/);
  });

  test("is not replaced after an import, nor changed for ever by what Vultr never changes", () => {
    expect(resource(cluster()).lifecycle).toMatchObject({
      ignore_changes: ["vpc_id", "enable_firewall", "node_pools[0].label", "node_pools[0].plan"],
    });
  });

  test("refuses in the plan what it would ignore in silence", () => {
    const { postcondition } = resource(cluster()).lifecycle as { postcondition: { condition: string }[] };
    expect(postcondition.map(({ condition }) => condition)).toEqual([
      `\${(coalesce(self.vpc_id, "${BASE.vpcId}") == "${BASE.vpcId}")}`,
      '${(coalesce(self.enable_firewall, "true") == "true")}',
      '${(coalesce(element(self.node_pools, 0).label, "general") == "general")}',
      '${(coalesce(element(self.node_pools, 0).plan, "vc2-2c-4gb") == "vc2-2c-4gb")}',
    ]);
  });

  test("leaves the number of nodes of an autoscaled first pool to Vultr", () => {
    const { lifecycle, node_pools } = resource(cluster({ nodePools: [SPOT] })) as {
      lifecycle: JsonObject;
      node_pools: JsonObject;
    };
    expect(lifecycle.ignore_changes).toContain("node_pools[0].node_quantity");
    expect(node_pools).toMatchObject({ auto_scaler: true, min_nodes: 1, max_nodes: 5 });
  });

  test("can't be destroyed when it is retained, unless its stack was named for it", () => {
    const preventDestroy = (build: (app: App) => void) => (resource(build).lifecycle as JsonObject).prevent_destroy;
    expect(preventDestroy(cluster())).toBe(true);
    expect(preventDestroy(cluster({}, true))).toBeUndefined();
    expect(preventDestroy(cluster({ protection: "delete" }))).toBeUndefined();
  });

  test("that may be deleted needs neither high availability nor a firewall", () => {
    expect(() => render(cluster({ protection: "delete", highlyAvailable: false, firewall: false }))).not.toThrow();
  });

  test.each<[string, Partial<KubernetesClusterProps>]>([
    ["a retained cluster is not highly available", { highlyAvailable: false }],
    ["a retained cluster has no firewall", { firewall: false }],
    ['unknown Vultr region (found "frankfurt"). Did you mean fra,', { region: "frankfurt" }],
    ["VKE version is not exact", { version: "1.36" }],
    ["cluster name is not valid", { name: "Acme_Prod" }],
    ["the cluster has no node pool", { nodePools: [] }],
    [
      "the first node pool, general, has taints",
      { nodePools: [{ ...GENERAL, taints: [{ key: "a", value: "b", effect: "NoSchedule" }] }] },
    ],
    ["node pool general is there twice", { nodePools: [GENERAL, GENERAL] }],
    ["node pool memory is there twice", { nodePools: [GENERAL, MEMORY, MEMORY] }],
  ])("is refused when %s", (problem, props) => {
    expect(refusal(cluster(props))).toContain(problem);
  });
});

describe("a further pool", () => {
  test("is created after the one before it", () => {
    const [memory, spot] = pools(cluster());
    expect(memory?.depends_on).toBeUndefined();
    expect(spot?.depends_on).toEqual([expect.stringMatching(/^vultr_kubernetes_node_pools\.cluster_pools_memory_/)]);
  });

  test("with another plan replaces the old one, the new one first", () => {
    const stack = rendered(cluster());
    const plans = Object.keys((stack.resource as Record<string, JsonObject>).terraform_data ?? {});
    expect(resourcesOf(stack, "terraform_data").map((data) => data.input)).toEqual([
      { plan: MEMORY.plan },
      { plan: SPOT.plan },
    ]);
    expect(pools(cluster())[0]?.lifecycle).toEqual({
      create_before_destroy: true,
      replace_triggered_by: [`terraform_data.${plans[0]}`],
    });
  });

  test("with autoscaling leaves its number of nodes to Vultr", () => {
    const [memory, spot] = pools(cluster());
    expect(spot?.lifecycle).toMatchObject({ ignore_changes: ["node_quantity"] });
    expect(memory?.lifecycle).not.toHaveProperty("ignore_changes");
  });

  test("carries its labels and taints", () => {
    const taint = { key: "node-type", value: "memory", effect: "NoSchedule" } as const;
    const [memory] = pools(withPool({ labels: { "example.com/team": "data" }, taints: [taint] }));
    expect(memory).toMatchObject({ labels: [{ key: "example.com/team", value: "data" }], taints: [taint] });
  });

  test("keeps its address when another one is removed", () => {
    const addresses = (nodePools: NodePoolSpec[]) =>
      Object.keys(
        (rendered(cluster({ nodePools })).resource as Record<string, JsonObject>).vultr_kubernetes_node_pools ?? {},
      );
    expect(addresses([GENERAL, SPOT])).toEqual(addresses([GENERAL, MEMORY, SPOT]).filter((id) => id.includes("spot")));
  });

  test("may have a plan that is declared", () => {
    const declaredPlans = { "vx9-2c-8gb": { vcpus: 2, ramGb: 8, monthlyUsd: 30 } };
    expect(() =>
      render(cluster({ declaredPlans, nodePools: [GENERAL, { ...MEMORY, plan: "vx9-2c-8gb" }] })),
    ).not.toThrow();
  });

  test.each<[string, Partial<NodePoolSpec>]>([
    [
      'node pool memory has an unknown plan (found "voc-m-2c-16gb-100s-adm"). Did you mean voc-m-2c-16gb-100s-amd',
      { plan: "voc-m-2c-16gb-100s-adm" },
    ],
    ["node pool memory has a plan with 1 GB of memory", { plan: "vc2-1c-1gb" }],
    ["node pool memory has no nodes (found 0)", { quantity: 0 }],
    ["node pool memory scales down to no nodes (found 0)", { autoscaling: { min: 0, max: 2 } }],
    ["node pool memory has a min of 3 above its max (found 2)", { quantity: 3, autoscaling: { min: 3, max: 2 } }],
    ["node pool memory starts below its min of 2 (found 1)", { autoscaling: { min: 2, max: 4 } }],
    ["node pool memory starts above its max of 4 (found 5)", { quantity: 5, autoscaling: { min: 1, max: 4 } }],
    ['node pool name is not valid (found "Memory_1")', { name: "Memory_1" }],
    ["node pool name is not valid", { name: "a".repeat(41) }],
    ["node pool memory has a label that Kubernetes does not take", { labels: { "a b": "c" } }],
    ["node pool memory has a label that Kubernetes does not take", { labels: { a: "-" } }],
    [
      "node pool memory has a taint that Kubernetes does not take",
      { taints: [{ key: "a/b/c", value: "d", effect: "NoExecute" }] },
    ],
    [
      "node pool memory has two taints with the key a",
      {
        taints: [
          { key: "a", value: "b", effect: "NoSchedule" },
          { key: "a", value: "b", effect: "NoExecute" },
        ],
      },
    ],
  ])("is refused: %s", (problem, pool) => {
    expect(refusal(withPool(pool))).toContain(problem);
  });

  test("has all its problems reported at once", () => {
    expect(refusals(withPool({ plan: "none", quantity: 0, labels: { "": "" } }))).toHaveLength(3);
  });
});
