import { parse } from "yaml";
import type { ClusterConnection, ClusterDriver, ClusterSpec, PoolSpec } from "../../../sandbox/clusters/driver";
import { FakeClusters } from "../../../sandbox/clusters/fake";
import { startProviders } from "../../../sandbox/providers";
import { Failure } from "../../../sandbox/run/failure";
import {
  clusterConfig,
  describeWithTerraform,
  type Json,
  openWorkspace,
  removeFolders,
  type Workspace,
} from "../support";

jest.setTimeout(60_000);

/** A driver that notes what it is asked for, takes a moment for it, and fails on request. */
class NotingClusters implements ClusterDriver {
  readonly name = "fake";
  readonly asked: string[] = [];
  readonly specs: ClusterSpec[] = [];
  readonly pools = new Map<string, PoolSpec>();
  fails: string | undefined;
  private readonly fake = new FakeClusters();

  async create(spec: ClusterSpec): Promise<ClusterConnection> {
    this.specs.push(spec);
    await this.note(`create ${spec.label}`);
    return { ...(await this.fake.create(spec)), server: "https://127.0.0.1:24513" };
  }

  async setPool(_clusterId: string, pool: PoolSpec): Promise<void> {
    await this.note(`set ${pool.label} ${pool.nodes.length}`);
    this.pools.set(pool.id, pool);
  }

  async removePool(_clusterId: string, poolId: string): Promise<void> {
    await this.note(`remove ${this.pools.get(poolId)?.label}`);
    this.pools.delete(poolId);
  }

  async delete(clusterId: string): Promise<void> {
    await this.note(`delete ${this.specs.find(({ id }) => id === clusterId)?.label}`);
  }

  private async note(what: string): Promise<void> {
    this.asked.push(what);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.fails !== undefined && what.startsWith(this.fails)) {
      throw new Failure(`It did not come up.\nThe end of its log: out of memory.`);
    }
  }
}

describeWithTerraform("the driver of clusters, with real Terraform", () => {
  let space: Workspace;
  let clusters: NotingClusters;

  beforeEach(async () => {
    clusters = new NotingClusters();
    space = await openWorkspace({ clusters, only: ["vultr"] });
  });
  afterEach(() => space.stop());
  afterAll(removeFolders);

  const extraPool = (changes: Json = {}): Json => ({
    vultr_kubernetes_node_pools: {
      p: {
        cluster_id: "${vultr_kubernetes.c.id}",
        label: "apps",
        plan: "vc2-4c-8gb",
        node_quantity: 2,
        labels: [{ key: "tier", value: "apps" }],
        taints: [{ key: "only", value: "apps", effect: "NoSchedule" }],
        ...changes,
      },
    },
  });
  const config = (pool: Json = {}, others: Json = {}): Json => ({
    required: ["vultr"],
    provider: { vultr: { api_key: "sandbox" } },
    resource: { vultr_kubernetes: { c: clusterConfig({}, pool) }, ...others },
  });

  test("is asked for a cluster, then for its default pool, and the state says how to reach it", async () => {
    await space.apply(config());
    expect(clusters.asked).toEqual(["create platform", "set system 2"]);
    const state = space.state("vultr_kubernetes.c");
    expect(state).toMatchObject({ endpoint: "127.0.0.1", ip: "127.0.0.1", cluster_subnet: "10.244.0.0/16" });
    const kubeconfig: unknown = parse(Buffer.from(String(state.kube_config), "base64").toString());
    expect(kubeconfig).toMatchObject({ clusters: [{ cluster: { server: "https://127.0.0.1:24513" } }] });
    expect(clusters.specs[0]).toMatchObject({ id: state.id, region: "ams", version: "v1.33.0+1" });
    expect((await space.plan()).code).toBe(0);
  });

  test("is told of a pool with its region, labels, taints and nodes as the state has them", async () => {
    await space.apply(config({}, extraPool()));
    const state = space.state("vultr_kubernetes_node_pools.p");
    expect(clusters.pools.get(String(state.id))).toEqual({
      id: state.id,
      label: "apps",
      tag: "",
      plan: "vc2-4c-8gb",
      region: "ams",
      labels: { tier: "apps" },
      taints: [{ key: "only", value: "apps", effect: "NoSchedule" }],
      nodes: (state.nodes as Json[]).map(({ id, label }) => ({ id, label })),
    });
  });

  test("is told of a change, in which the nodes that stay are the same", async () => {
    await space.apply(config({}, extraPool()));
    const before = [...clusters.pools.values()];
    await space.apply(config({ node_quantity: 3 }, extraPool({ node_quantity: 1 })));
    const after = [...clusters.pools.values()];
    expect(after.map(({ nodes }) => nodes.length)).toEqual([3, 1]);
    expect(after[0]?.nodes.slice(0, 2)).toEqual(before[0]?.nodes);
    expect(after[1]?.nodes).toEqual(before[1]?.nodes.slice(0, 1));
    expect(new Set(after[0]?.nodes.map(({ id }) => id)).size).toBe(3);
  });

  test("is asked to take down what Terraform destroys, pools before their cluster", async () => {
    await space.apply(config({}, extraPool()));
    clusters.asked.length = 0;
    expect((await space.terraform.destroy(space.folder)).code).toBe(0);
    expect(clusters.asked).toEqual(["remove apps", "delete platform"]);
    expect(space.providers.world.size).toBe(0);
  });

  test("that fails makes Terraform fail with its words, and the next apply begins anew", async () => {
    clusters.fails = "create";
    const output = await space.refused(config());
    expect(output).toContain("It did not come up.");
    expect(output).toContain("The end of its log: out of memory.");
    expect(output).not.toMatch(/\.ts:\d+/);
    expect(space.providers.world.size).toBe(0);
    clusters.fails = undefined;
    await space.apply(config());
    expect(clusters.specs[1]).toEqual(clusters.specs[0]);
  });

  test("whose default pool fails leaves no cluster behind", async () => {
    clusters.fails = "set";
    expect(await space.refused(config())).toContain("It did not come up.");
    expect(clusters.asked).toEqual(["create platform", "set system 2", "delete platform"]);
    expect(space.providers.world.size).toBe(0);
  });

  test("that cannot take a cluster down leaves it in the state", async () => {
    await space.apply(config());
    clusters.fails = "delete";
    expect((await space.terraform.destroy(space.folder)).code).toBe(1);
    expect(space.state("vultr_kubernetes.c").label).toBe("platform");
    expect(space.providers.world.size).toBe(1);
  });

  test("two equal clusters that are made at the same time are two", async () => {
    const equal = clusterConfig();
    await space.apply({ ...config(), resource: { vultr_kubernetes: { a: equal, b: equal } } });
    expect(new Set(clusters.specs.map(({ id }) => id)).size).toBe(2);
    expect(new Set(clusters.specs.map(({ digest }) => digest)).size).toBe(2);
  });
});

describe("the providers that are served", () => {
  test("are those that are asked for", async () => {
    const providers = await startProviders({ only: ["vultr", "random"] });
    providers.stop();
    expect(Object.keys(providers.versions)).toEqual([
      "registry.terraform.io/vultr/vultr",
      "registry.terraform.io/hashicorp/random",
    ]);
  });

  test("must be known ones", async () => {
    await expect(startProviders({ only: ["aws"] })).rejects.toThrow(
      "There is no simulated provider aws: vultr, cloudflare, helm, kubernetes, vault, random.",
    );
  });
});
