import { readFileSync } from "node:fs";
import path from "node:path";
import { FakeClouds } from "./support/fake-clouds";
import { FakeCluster } from "./support/fake-cluster";
import { lose, platform, recover, STACKS } from "./support/platform";
import { TestProgram } from "./support/program";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

let clouds: FakeClouds;
let cluster: FakeCluster;

beforeEach(async () => {
  clouds = await FakeClouds.start();
  cluster = await FakeCluster.start();
});

afterEach(async () => {
  await clouds.stop();
  await cluster.stop();
});

const L1 = ["l1-edge-acme", "l1-network-main", "l1-cluster-main"] as const;
const ALL = [...L1, "l2-base-main", "l2-secrets-main"] as const;

describe("strata recover", () => {
  it("has nothing to do where every state knows everything, and asks for no credentials", async () => {
    const none = Object.fromEntries(Object.keys(clouds.env).map((name) => [name, undefined]));
    const { code, out, err } = await recover(platform(cluster, ...ALL), clouds, [], none);
    expect({ code, out, err }).toEqual({ code: 0, out: "Nothing to recover.", err: "" });
    expect(clouds.requests).toEqual([]);
  });

  it("finds nothing before the first deployment, and does not mind what can't be there yet", async () => {
    const program = platform(cluster);
    clouds.vultr = { vpcs: [], "kubernetes/clusters": [] };
    const { code, err } = await recover(program, clouds, [], { VAULT_ADDR: undefined });
    expect(code).toBe(0);
    expect(err).toContain("l2-base-main: not deployed yet, l1-cluster-main comes first.");
    expect(err).toContain("l2-secrets-main: not deployed yet, l2-base-main comes first.");
    expect(program.imported).toBeUndefined();
    expect(cluster.requests).toEqual([]);
  });

  it("looks all the same for what a deployment without its states would make a second time", async () => {
    const program = platform(cluster);
    clouds.vultr = {
      vpcs: [{ id: "v1", region: "fra", description: "main", v4_subnet: "10.1.0.0", v4_subnet_mask: 24 }],
      "kubernetes/clusters": [{ id: "c1", label: "acme-main", region: "fra" }],
      "kubernetes/clusters/c1/node-pools": [{ id: "n1", label: "memory", plan: "vc2" }],
    };
    clouds.records = [
      { id: "d1", zone_id: "zone1", name: "web.acme.example", type: "A", comment: "strata l2-base-main" },
    ];
    expect(await recover(program, clouds)).toMatchObject({ code: 0 });
    expect(program.imported).toEqual({
      "l1-cluster-main": [
        { to: "vultr_kubernetes.cluster", id: "c1" },
        { to: "vultr_kubernetes_node_pools.pool", id: "c1 n1" },
      ],
      "l1-network-main": [{ to: "vultr_vpc.vpc", id: "v1" }],
      "l2-base-main": [{ to: "cloudflare_dns_record.web", id: "zone1/d1" }],
    });
  });

  it("does not let a deployment begin without a look at those", async () => {
    const program = platform(cluster);
    clouds.vultr = { vpcs: [] };
    clouds.onRequest = (path) => (path.startsWith("/v2/kubernetes") ? [503, ""] : undefined);
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("(not looked at: l1-cluster-main vultr_kubernetes.cluster");
  });

  it("finds a VPC by its description and region, on a later page too", async () => {
    const program = platform(cluster, "l1-edge-acme");
    const vpc = { region: "FRA", description: "main", v4_subnet: "10.1.0.0", v4_subnet_mask: 24 };
    const others = [1, 2, 3].map((id) => ({ ...vpc, id: `o${id}`, description: `other ${id}` }));
    clouds.vultr = { vpcs: [...others, { ...vpc, id: "v1" }, { ...vpc, id: "v2", region: "ams" }] };
    const { code, out, err } = await recover(program, clouds);
    expect(code).toBe(0);
    expect(program.imported).toEqual({ "l1-network-main": [{ to: "vultr_vpc.vpc", id: "v1" }] });
    expect(out).toMatch(/l1-network-main\s+vultr_vpc\.vpc\s+import\s+v1/);
    expect(err).toContain("config/imports.json has 1 to import. Next: npm run synth");
  });

  it("finds a cluster by its label, and its pools in it", async () => {
    const program = platform(cluster, "l1-edge-acme", "l1-network-main");
    clouds.vultr = {
      vpcs: [],
      "kubernetes/clusters": [{ id: "c1", label: "acme-main", region: "fra", status: "pending" }],
      "kubernetes/clusters/c1/node-pools": [
        { id: "n0", label: "memory", plan: "vc2", tag: "tf-vke-default" },
        { id: "n1", label: "memory", plan: "vc2", tag: "" },
      ],
    };
    const { code, out } = await recover(program, clouds);
    expect(code).toBe(0);
    expect(program.imported).toEqual({
      "l1-cluster-main": [
        { to: "vultr_kubernetes.cluster", id: "c1" },
        { to: "vultr_kubernetes_node_pools.pool", id: "c1 n1" },
      ],
    });
    expect(out).toContain("c1: it is still being made");
  });

  it("finds firewalls and their rules, stores and blocks by what they are called", async () => {
    const stack = "l1-extra";
    const program = new TestProgram({
      [stack]: {
        json: {
          resource: {
            vultr_firewall_group: { group: { description: "edge" } },
            vultr_firewall_rule: {
              web: {
                ...{ firewall_group_id: "${vultr_firewall_group.group.id}", protocol: "tcp", ip_type: "v4" },
                ...{ port: "443", subnet: "0.0.0.0", subnet_size: 0, source: "cloudflare" },
              },
            },
            vultr_object_storage: { store: { label: "backups", cluster_id: 6, tier_id: 2 } },
            vultr_block_storage: { disk: { label: "disk", region: "fra", size_gb: 10 } },
          },
        },
      },
    });
    const rule = { ip_type: "v4", protocol: "tcp", port: "443", subnet: "0.0.0.0", subnet_size: 0 };
    clouds.vultr = {
      firewalls: [{ id: "g1", description: "edge" }],
      "firewalls/g1/rules": [
        { id: 4, ...rule, source: "" },
        { id: 5, ...rule, source: "cloudflare" },
      ],
      "object-storage": [{ id: "s1", label: "backups", cluster_id: 6, s3_secret_key: "PRIVATE KEY" }],
      blocks: [{ id: "b1", label: "disk", region: "fra" }],
    };
    expect(await recover(program, clouds)).toMatchObject({ code: 0 });
    expect(program.imported).toEqual({
      [stack]: [
        { to: "vultr_block_storage.disk", id: "b1" },
        { to: "vultr_firewall_group.group", id: "g1" },
        { to: "vultr_firewall_rule.web", id: "g1,5" },
        { to: "vultr_object_storage.store", id: "s1" },
      ],
    });
  });

  describe("a bucket of a store", () => {
    const stack = "l1-backups-main";
    const store = { label: "acme-main-backups", cluster_id: 6, tier_id: 2 };
    const json = {
      resource: {
        vultr_object_storage: { store },
        vultr_object_storage_bucket: {
          bucket: { object_storage_id: "${vultr_object_storage.store.id}", name: "acme-main-backups" },
        },
      },
    };
    const resources = { "vultr_object_storage.store": { id: "s1" } };
    const bucket = { "vultr_object_storage_bucket.bucket": { id: "s1_acme-main-backups" } };

    it("is not there before its store is", async () => {
      const program = new TestProgram({ [stack]: { json } });
      clouds.vultr = { "object-storage": [] };
      expect(await recover(program, clouds)).toMatchObject({ code: 0 });
      expect(program.imported).toBeUndefined();
    });

    it("that no state knows is named: the provider can't take it in", async () => {
      const program = new TestProgram({ [stack]: { json } });
      program.state(stack, resources);
      clouds.vultr = {
        "object-storage": [{ id: "s1", label: "acme-main-backups", cluster_id: 6 }],
        "object-storage/s1/bucket": [{ name: "acme-main-backups", date_created: "2026-11-20" }, { name: "another" }],
      };
      const { code, err } = await recover(program, clouds);
      expect(code).toBe(1);
      expect(err).toContain("s1_acme-main-backups exists, and the provider imports no buckets.");
      expect(err).toContain("Delete it in Vultr's console if it holds nothing.");
    });

    it("that the state knows is no namesake of itself", async () => {
      const program = new TestProgram({ [stack]: { json } });
      program.state(stack, { ...resources, ...bucket });
      clouds.vultr = {
        "object-storage": [{ id: "s1", label: "acme-main-backups", cluster_id: 6 }],
        "object-storage/s1/bucket": [{ name: "acme-main-backups" }],
      };
      expect(await recover(program, clouds)).toMatchObject({ code: 0 });
    });
  });

  it("finds Kubernetes objects by their names, records by their comment, and no release", async () => {
    const program = platform(cluster, ...L1);
    const record = { zone_id: "zone1", name: "web.acme.example", type: "A" };
    clouds.records = [
      { ...record, id: "d1", content: "192.0.2.1", comment: "of somebody else" },
      { ...record, id: "d2", content: "192.0.2.2", comment: "strata l2-base-main" },
    ];
    cluster.objects.set("/api/v1/namespaces/web", "there");
    cluster.objects.set("/apis/networking.k8s.io/v1/namespaces/web/networkpolicies/default", "there");
    const { code } = await recover(program, clouds);
    expect(code).toBe(0);
    expect(program.imported).toEqual({
      "l2-base-main": [
        { to: "cloudflare_dns_record.web", id: "zone1/d2" },
        { to: "kubernetes_namespace_v1.web", id: "web" },
        { to: "kubernetes_network_policy_v1.web", id: "web/default" },
      ],
    });
  });

  it("finds the entry point of a phase, in a zone that it looks up", async () => {
    const program = platform(cluster, "l1-network-main");
    clouds.vultr = { "kubernetes/clusters": [] };
    clouds.rulesets.http_ratelimit = { id: "r1", name: "old name", description: "Owned by Strata (acme.example)" };
    expect(await recover(program, clouds)).toMatchObject({ code: 0 });
    expect(program.imported).toEqual({ "l1-edge-acme": [{ to: "cloudflare_ruleset.waf", id: "zones/zone1/r1" }] });
  });

  it("finds what is enabled in Vault, and leaves alone what is written over", async () => {
    const program = platform(cluster, ...L1, "l2-base-main");
    clouds.mounts.mounts = { "secret/": { type: "kv", options: { version: "2" } } };
    clouds.mounts.auth = { "token/": { type: "token", options: null } };
    clouds.mounts.audit = { "file/": { type: "file", options: { file_path: "/log" } } };
    const { code } = await recover(program, clouds);
    expect(code).toBe(0);
    expect(program.imported).toEqual({
      "l2-secrets-main": [
        { to: "vault_audit.file", id: "file" },
        { to: "vault_mount.kv", id: "secret" },
      ],
    });
  });

  it("puts back a local state that Terraform was killed over, and looks for what the run made since", async () => {
    const program = platform(cluster, ...ALL);
    lose(program, "l2-base-main", ["kubernetes_namespace_v1.web"]);
    const before = program.stored("l2-base-main");
    program.cut("l2-base-main");
    cluster.objects.set("/api/v1/namespaces/web", "there");
    const shown = await recover(program, clouds, ["--dry-run"]);
    expect(shown).toMatchObject({ code: 2, out: expect.stringContaining("would be: state restored") });
    expect(program.stored("l2-base-main")).toBe("");
    const { code, out } = await recover(program, clouds);
    expect(code).toBe(0);
    expect(out).toContain("state restored  from l2-base-main.tfstate.backup");
    expect(program.stored("l2-base-main")).toBe(before);
    expect(program.imported).toEqual({ "l2-base-main": [{ to: "kubernetes_namespace_v1.web", id: "web" }] });
  });

  it("leaves an empty local state alone while somebody works on it", async () => {
    const program = platform(cluster, ...ALL);
    program.cut("l2-base-main");
    program.lock("l2-base-main");
    expect(await recover(program, clouds)).toMatchObject({ code: 1 });
    expect(program.stored("l2-base-main")).toBe("");
  });

  it("goes on from imports.json: it merges, sorts, and takes out what is done or gone", async () => {
    const program = platform(cluster, ...L1);
    lose(program, "l2-base-main", ["kubernetes_namespace_v1.web", "kubernetes_network_policy_v1.web"]);
    cluster.objects.set("/api/v1/namespaces/web", "there");
    program.imports({
      "l9-of-another-synth": [{ to: "vultr_vpc.x", id: "x" }],
      "l2-base-main": [
        { to: "kubernetes_network_policy_v1.web", id: "web/default" },
        { to: "cloudflare_dns_record.web", id: "zone1/d0" },
        { to: "kubernetes_namespace_v1.old", id: "old" },
      ],
      "l1-network-main": [{ to: "vultr_vpc.vpc", id: "v0" }],
    });
    const { code, out } = await recover(program, clouds);
    expect(code).toBe(0);
    expect(program.imported).toEqual({
      "l2-base-main": [{ to: "kubernetes_namespace_v1.web", id: "web" }],
      "l9-of-another-synth": [{ to: "vultr_vpc.x", id: "x" }],
    });
    expect(out).toContain("v0: the state has it now");
    expect(out).toContain("web/default: it is not there, or not ours");
    expect(out).toContain("old: the program has no such resource");
  });

  it("ends in the same place when it is run again, with the same bytes", async () => {
    const program = platform(cluster, ...L1);
    cluster.objects.set("/api/v1/namespaces/web", "there");
    const file = path.join(program.config, "imports.json");
    await recover(program, clouds);
    const first = readFileSync(file, "utf8");
    const { code, out } = await recover(program, clouds, ["--dry-run"]);
    expect(code).toBe(0);
    expect(out).toContain("to be imported");
    await recover(program, clouds);
    expect(readFileSync(file, "utf8")).toBe(first);
  });

  it("deletes imports.json when nothing is left to import", async () => {
    const program = platform(cluster, ...ALL);
    program.imports({ "l1-network-main": [{ to: "vultr_vpc.vpc", id: "v0" }] });
    expect(await recover(program, clouds)).toMatchObject({ code: 0 });
    expect(program.imported).toBeUndefined();
  });

  it("changes nothing in a dry run, and says so with exit code 2", async () => {
    const program = platform(cluster, ...L1);
    cluster.objects.set("/api/v1/namespaces/web", "there");
    const { code, out } = await recover(program, clouds, ["--dry-run"]);
    expect(code).toBe(2);
    expect(out).toContain("would be: import");
    expect(program.imported).toBeUndefined();
  });

  it("looks at chosen stacks only, and keeps what is listed for the others", async () => {
    const program = platform(cluster, ...L1);
    cluster.objects.set("/api/v1/namespaces/web", "there");
    program.imports({ "l1-edge-acme": [{ to: "cloudflare_ruleset.waf", id: "zones/zone1/r0" }] });
    expect(await recover(program, clouds, ["--stack", "l2-secrets-main"])).toMatchObject({ code: 0 });
    expect(program.imported).toMatchObject({ "l1-edge-acme": [{ id: "zones/zone1/r0" }] });
    expect(cluster.requests).toEqual([]);
    const { code, err } = await recover(program, clouds, ["--stack", "l2-base"]);
    expect(code).toBe(1);
    expect(err).toContain("Did you mean l2-base-main");
  });

  it("prints everything as JSON too", async () => {
    const program = platform(cluster, ...L1);
    cluster.objects.set("/api/v1/namespaces/web", "there");
    const { out } = await recover(program, clouds, ["--json"], { VAULT_ADDR: undefined });
    expect(JSON.parse(out)).toMatchObject({
      notReached: [{ stack: "l2-secrets-main", behind: "l2-base-main" }],
      schemaVersion: 1,
      dryRun: false,
      lines: [{ stack: "l2-base-main", object: "kubernetes_namespace_v1.web", what: "import", detail: "web" }],
      imports: { entries: [{ stack: "l2-base-main", to: "kubernetes_namespace_v1.web", id: "web" }] },
      problems: [],
    });
  });

  it("sends only the requests that its README lists", async () => {
    const program = platform(cluster);
    // Something of every stack is known, so all of the rest is looked for.
    for (const stack of Object.keys(STACKS)) program.state(stack, { "terraform_data.x": {} });
    program.state("l1-cluster-main", { "terraform_data.x": {} }, cluster.outputs);
    clouds.vultr = { vpcs: [], "kubernetes/clusters": [] };
    expect(await recover(program, clouds)).toMatchObject({ code: 0 });
    expect(clouds.requests.sort()).toEqual([
      "GET /client/v4/zones/zone1/dns_records?type=A&name.exact=web.acme.example&per_page=100&page=1",
      "GET /client/v4/zones/zone1/rulesets/phases/http_ratelimit/entrypoint",
      "GET /client/v4/zones?name=acme.example",
      "GET /v1/sys/audit",
      "GET /v1/sys/auth",
      "GET /v1/sys/mounts",
      "GET /v2/kubernetes/clusters?per_page=500",
      "GET /v2/vpcs?per_page=500",
    ]);
    expect(cluster.requests).toEqual([
      "GET /api/v1/namespaces/web",
      "GET /apis/networking.k8s.io/v1/namespaces/web/networkpolicies/default",
      "GET /api/v1/namespaces/web/secrets?labelSelector=owner=helm&limit=500",
    ]);
  });
});
