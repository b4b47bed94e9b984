import { X509Certificate } from "node:crypto";
import { parse } from "yaml";
import type { Values } from "../../sandbox/providers/wire/values";
import {
  clusterConfig,
  describeWithTerraform,
  type Json,
  openWorkspace,
  removeFolders,
  type Workspace,
} from "./support";

jest.setTimeout(60_000);

describeWithTerraform("the simulated Vultr, with real Terraform", () => {
  let space: Workspace;

  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.stop());
  afterAll(removeFolders);

  const resources = (resource: Json): Json => ({
    required: ["vultr"],
    provider: { vultr: { api_key: "sandbox" } },
    resource,
  });
  const cluster = (changes: Json = {}, pool: Json = {}): Json =>
    resources({ vultr_kubernetes: { c: clusterConfig(changes, pool) } });

  test("a cluster is applied, planned again without a change, and destroyed", async () => {
    await space.apply(cluster());
    expect((await space.plan()).code).toBe(0);
    expect((await space.terraform.destroy(space.folder)).code).toBe(0);
    expect(space.providers.world.size).toBe(0);
  });

  test("a cluster has a kubeconfig that parses and certificates that are some", async () => {
    await space.apply(cluster());
    const state = space.state("vultr_kubernetes.c");
    const decode = (text: unknown): string => Buffer.from(String(text), "base64").toString();
    const kubeconfig = parse(decode(state.kube_config)) as { clusters: { cluster: Record<string, string> }[] };
    expect(kubeconfig.clusters[0]?.cluster.server).toBe(`https://${state.id}.vultr-k8s.com:6443`);
    expect(state.endpoint).toBe(`${state.id}.vultr-k8s.com`);
    for (const field of ["cluster_ca_certificate", "client_certificate"]) {
      expect(new X509Certificate(decode(state[field])).subject).toMatch(/^CN=/);
    }
    expect(decode(state.client_key)).toContain("PRIVATE KEY");
  });

  test("the default pool has the tag by which the provider finds it, and its nodes", async () => {
    await space.apply(cluster({}, { node_quantity: 3, labels: [{ key: "tier", value: "system" }] }));
    const [pool] = space.state("vultr_kubernetes.c").node_pools as Values[];
    expect(pool).toMatchObject({ tag: "tf-vke-default", min_nodes: 1, auto_scaler: false });
    expect(pool?.nodes).toHaveLength(3);
    expect(pool?.labels).toEqual([{ key: "tier", value: "system", id: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
  });

  test.each([
    ["region", { region: "fra" }],
    ["ha_controlplanes", { ha_controlplanes: true }],
    ["enable_firewall", { enable_firewall: true }],
  ])("another %s makes a new cluster", async (_, changes) => {
    await space.apply(cluster());
    space.write(cluster(changes));
    const { code, output } = await space.plan();
    expect(code).toBe(2);
    expect(output).toContain("must be replaced");
  });

  test("a label, a version and a node count change in place", async () => {
    await space.apply(cluster());
    const { id } = space.state("vultr_kubernetes.c");
    await space.apply(cluster({ label: "other", version: "v1.34.0+1" }, { node_quantity: 4 }));
    expect(space.state("vultr_kubernetes.c")).toMatchObject({ id, label: "other", version: "v1.34.0+1" });
    expect((await space.plan()).code).toBe(0);
  });

  test("a plan change of the default pool is ignored without a word, so the next plan shows it again", async () => {
    await space.apply(cluster());
    await space.apply(cluster({}, { plan: "vc2-8c-32gb" }));
    const { code, output } = await space.plan();
    expect(code).toBe(2);
    expect(output).toContain('"vc2-2c-4gb" -> "vc2-8c-32gb"');
  });

  test.each(["plan", "label"])("a %s change of a pool is ignored without a word", async (attribute) => {
    const pool = { cluster_id: "${vultr_kubernetes.c.id}", label: "apps", plan: "vc2-2c-4gb", node_quantity: 1 };
    const config = (changes: Json): Json =>
      resources({
        vultr_kubernetes: { c: clusterConfig() },
        vultr_kubernetes_node_pools: { p: { ...pool, ...changes } },
      });
    await space.apply(config({}));
    await space.apply(config({ [attribute]: "changed" }));
    expect((await space.plan()).code).toBe(2);
  });

  test("every change of a firewall rule is a new rule", async () => {
    const rule = (notes: string): Json =>
      resources({
        vultr_firewall_group: { g: { description: "edge" } },
        vultr_firewall_rule: {
          r: {
            firewall_group_id: "${vultr_firewall_group.g.id}",
            ip_type: "v4",
            protocol: "tcp",
            subnet: "203.0.113.0",
            subnet_size: 24,
            port: "443",
            notes,
          },
        },
      });
    await space.apply(rule("one"));
    space.write(rule("two"));
    expect((await space.plan()).output).toContain("1 to add, 0 to change, 1 to destroy");
  });

  test("a VPC that a cluster uses cannot be deleted", async () => {
    const vpc = { v: { region: "ams", description: "net" } };
    await space.apply(
      resources({ vultr_vpc: vpc, vultr_kubernetes: { c: clusterConfig({ vpc_id: "${vultr_vpc.v.id}" }) } }),
    );
    const { code, output } = await space.terraform.destroy(space.folder, "-target=vultr_vpc.v", "-refresh=false");
    // A targeted destroy takes the cluster with it; its order must be the cluster first.
    expect(code).toBe(0);
    expect(output.indexOf("vultr_kubernetes.c: Destruction complete")).toBeLessThan(
      output.indexOf("vultr_vpc.v: Destroying"),
    );
    await space.apply(resources({ vultr_vpc: vpc }));
    const { id } = space.state("vultr_vpc.v");
    space.providers.world.put({
      provider: "registry.terraform.io/vultr/vultr",
      type: "vultr_kubernetes",
      scope: "",
      id: "made-elsewhere",
      values: { vpc_id: id ?? null },
    });
    expect(await space.refused(resources({}))).toContain("attached to this VPC network");
  });

  test("a cluster in a VPC that does not exist is refused", async () => {
    expect(await space.refused(cluster({ vpc_id: "none" }))).toContain("Invalid VPC ID");
  });

  test("two equal objects are two objects", async () => {
    const vpc = { region: "ams", description: "same" };
    await space.apply(resources({ vultr_vpc: { a: vpc, b: vpc } }));
    expect(space.state("vultr_vpc.a").id).not.toBe(space.state("vultr_vpc.b").id);
    expect((await space.plan()).code).toBe(0);
  });

  test("an object is imported by its id, without what the real provider does not read back", async () => {
    await space.apply(cluster({ vpc_id: null, enable_firewall: true }));
    const { id } = space.state("vultr_kubernetes.c");
    await space.terraform.run(space.folder, "state", "rm", "vultr_kubernetes.c");
    const imported = await space.terraform.run(space.folder, "import", "-no-color", "vultr_kubernetes.c", String(id));
    expect(imported.code).toBe(0);
    expect(space.state("vultr_kubernetes.c")).toMatchObject({ id, label: "platform", enable_firewall: null });
    const missing = await space.terraform.run(space.folder, "import", "-no-color", "vultr_vpc.x", "none");
    expect(missing.code).toBe(1);
  });

  test("object storage has a host and keys that are the same in every run", async () => {
    const storage = resources({ vultr_object_storage: { s: { cluster_id: 6, tier_id: 2, label: "backups" } } });
    await space.apply(storage);
    const first = space.state("vultr_object_storage.s");
    expect(first).toMatchObject({
      s3_hostname: "ams1.vultrobjects.com",
      s3_access_key: expect.stringMatching(/^[0-9A-F]{20}$/),
    });
    const other = await openWorkspace();
    await other.apply(storage);
    expect(other.state("vultr_object_storage.s")).toEqual(first);
    other.stop();
  });

  describe("a bucket", () => {
    const store = { cluster_id: 6, tier_id: 2, label: "backups" };
    const bucket = (id: string, name: string): Json => ({
      object_storage_id: `\${vultr_object_storage.${id}.id}`,
      name,
    });
    const one = resources({
      vultr_object_storage: { s: store },
      vultr_object_storage_bucket: { b: bucket("s", "acme-backups") },
    });

    test("is known by its store and its name, and is planned again without a change", async () => {
      await space.apply(one);
      const { id } = space.state("vultr_object_storage.s");
      expect(space.state("vultr_object_storage_bucket.b").id).toBe(`${id}_acme-backups`);
      expect((await space.plan()).code).toBe(0);
    });

    test("has a name that no other store's has", async () => {
      const two = resources({
        vultr_object_storage: { s: store, t: store },
        vultr_object_storage_bucket: { b: bucket("s", "acme-backups"), c: bucket("t", "acme-backups") },
      });
      expect(await space.refused(two)).toContain("Bucket acme-backups already exists");
    });

    test("that is gone is an error of every plan, and so is its store", async () => {
      await space.apply(one);
      const { world } = space.providers;
      world.removeWhere(({ type }) => type === "vultr_object_storage_bucket");
      expect((await space.plan()).output).toContain("object storage bucket (acme-backups) not found");
      world.removeWhere(({ type }) => type === "vultr_object_storage");
      expect((await space.plan()).output).toContain("Invalid object storage ID");
    });

    test("can't be imported", async () => {
      await space.apply(one);
      const { id } = space.state("vultr_object_storage_bucket.b");
      const address = "vultr_object_storage_bucket.b";
      await space.terraform.run(space.folder, "state", "rm", address);
      const imported = await space.terraform.run(space.folder, "import", "-no-color", address, String(id));
      expect(imported).toMatchObject({ code: 1, output: expect.stringContaining("doesn't support import") });
    });
  });
});
