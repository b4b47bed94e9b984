import { type Answer, FakeClouds } from "./support/fake-clouds";
import { FakeCluster } from "./support/fake-cluster";
import { lose, platform, recover, STACKS } from "./support/platform";
import { TestProgram } from "./support/program";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const L1 = ["l1-edge-acme", "l1-network-main", "l1-cluster-main"] as const;
const ALL = [...L1, "l2-base-main", "l2-secrets-main"] as const;
const CLUSTER = { label: "acme-main", region: "fra" };

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

/** Everything but the cluster and its pool is applied; the account has what the test says. */
function lostCluster(...found: readonly Readonly<Record<string, unknown>>[]): TestProgram {
  const program = platform(cluster, "l1-edge-acme", "l1-network-main");
  clouds.vultr = { vpcs: [], "kubernetes/clusters": [...found], "kubernetes/clusters/c1/node-pools": [] };
  return program;
}

describe("an object that is not for strata to choose", () => {
  it("is one of two clusters of one label: both are named, and a person's choice is kept", async () => {
    const program = lostCluster({ ...CLUSTER, id: "c1" }, { ...CLUSTER, id: "c2" });
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("l1-cluster-main vultr_kubernetes.cluster: there are 2 objects of this name: c1, c2.");
    expect(program.imported).toBeUndefined();
    program.imports({ "l1-cluster-main": [{ to: "vultr_kubernetes.cluster", id: "c1" }] });
    const chosen = await recover(program, clouds);
    expect(chosen.out).toContain("to be imported");
    expect(chosen.err).not.toContain("there are 2 objects");
    expect(program.imported).toEqual({ "l1-cluster-main": [{ to: "vultr_kubernetes.cluster", id: "c1" }] });
  });

  it("has another value where Terraform would replace it", async () => {
    const program = lostCluster({ ...CLUSTER, id: "c1", region: "ams" });
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("c1 has its name, but region ams instead of fra: Terraform would replace it");
    expect(program.imported).toBeUndefined();
  });

  it("is in the state under the address that it had: an import would end in its destruction", async () => {
    const program = platform(cluster, ...ALL);
    program.state("l1-network-main", { "vultr_vpc.old": { id: "v0" } }, { vpc_id: "v0" });
    clouds.vultr = {
      vpcs: [{ id: "v0", description: "main", region: "fra", v4_subnet: "10.1.0.0", v4_subnet_mask: 24 }],
      "kubernetes/clusters": [],
      "kubernetes/clusters/c0/node-pools": [],
    };
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("v0 exists, and l1-network-main has it in its state as vultr_vpc.old");
    expect(err).toContain("terraform -chdir=cdktf.out/stacks/l1-network-main state mv vultr_vpc.old vultr_vpc.vpc");
    expect(program.imported).toBeUndefined();
  });

  it("is a namespace on its way out", async () => {
    const program = platform(cluster, ...L1);
    cluster.objects.set("/api/v1/namespaces/web", "terminating");
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("kubernetes_namespace_v1.web: web is being deleted. Run it again when it is gone.");
  });

  it("is a ruleset that somebody made in the dashboard", async () => {
    const program = platform(cluster, "l1-network-main");
    clouds.vultr = { "kubernetes/clusters": [], vpcs: [] };
    clouds.rulesets.http_ratelimit = { id: "r1", name: "default", description: "" };
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain('phase http_ratelimit is not of this program: r1, "default"');
    program.imports({ "l1-edge-acme": [{ to: "cloudflare_ruleset.waf", id: "zones/zone1/r1" }] });
    expect(await recover(program, clouds)).toMatchObject({ code: 0 });
    expect(program.imported).toMatchObject({ "l1-edge-acme": [{ id: "zones/zone1/r1" }] });
  });

  it("is a mount of another type, which Terraform would replace with all that it holds", async () => {
    const program = platform(cluster, ...L1, "l2-base-main");
    clouds.mounts.mounts = { "secret/": { type: "transit", options: null } };
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("Vault has something else at secret/: type transit instead of kv");
    expect(program.imported).toBeUndefined();
  });

  it("is a record of somebody else's, which may stay beside ours", async () => {
    const program = platform(cluster, ...L1);
    clouds.records = [{ id: "d1", zone_id: "zone1", name: "web.acme.example", type: "A", content: "192.0.2.1" }];
    const { code, out } = await recover(program, clouds);
    expect(code).toBe(0);
    expect(out).toContain("seen");
    expect(out.replaceAll(/\s+/g, " ")).toContain("d1");
    expect(program.imported).toBeUndefined();
  });
});

describe("what Terraform knows itself", () => {
  it("is only told: a tainted object and one that is deposed", async () => {
    const program = platform(cluster, ...ALL);
    program.state("l1-network-main", { "vultr_vpc.vpc": { id: "v0", status: "tainted" } }, { vpc_id: "v0" });
    program.state("l1-edge-acme", {
      "cloudflare_ruleset.waf": { id: "r0" },
      "cloudflare_zone_setting.ssl": { id: "ssl", deposed: "94dce90d" },
    });
    const { code, out } = await recover(program, clouds);
    expect(code).toBe(0);
    const text = out.replaceAll(/\s+/g, " ");
    expect(text).toContain("vultr_vpc.vpc seen tainted");
    expect(text).toContain("untaint");
    expect(text).toContain("cloudflare_zone_setting.ssl seen deposed");
  });

  it("has a double of its name in Vultr, which only the bill would tell", async () => {
    const program = platform(cluster, ...ALL);
    clouds.vultr = {
      vpcs: [],
      "kubernetes/clusters": [{ ...CLUSTER, id: "c0" }],
      "kubernetes/clusters/c0/node-pools": [
        { id: "n0", label: "memory", plan: "vc2" },
        { id: "n9", label: "memory", plan: "vc2" },
      ],
    };
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain(
      "vultr_kubernetes_node_pools.pool: there is another object of its name that no state knows: n9",
    );
  });
});

describe("a stack whose state is locked", () => {
  it("is left alone with its imports, and the way to release it is told", async () => {
    const program = platform(cluster, ...L1);
    program.lock("l2-base-main");
    program.imports({ "l2-base-main": [{ to: "kubernetes_namespace_v1.web", id: "web" }] });
    const { code, err } = await recover(program, clouds, ["--force"]);
    expect(code).toBe(1);
    expect(err).toContain("is locked by ada@laptop since 2026-11-21 12:55:35");
    expect(err).toContain(
      "terraform -chdir=cdktf.out/stacks/l2-base-main force-unlock 934a217c-c94d-968b-73b4-c743a495026c",
    );
    expect(program.imported).toEqual({ "l2-base-main": [{ to: "kubernetes_namespace_v1.web", id: "web" }] });
    expect(cluster.requests).toEqual([]);
  });
});

describe("an API that does not answer as it should", () => {
  const vultr = (answer: Answer) => {
    clouds.onRequest = (path) => (path.startsWith("/v2/") ? answer : undefined);
  };

  it("keeps nothing else from being looked at", async () => {
    const program = platform(cluster, ...ALL);
    lose(program, "l1-cluster-main", ["vultr_kubernetes.cluster", "vultr_kubernetes_node_pools.pool"], cluster.outputs);
    lose(program, "l2-base-main", ["kubernetes_namespace_v1.web", "cloudflare_dns_record.web"]);
    lose(program, "l2-secrets-main", ["vault_mount.kv"]);
    vultr([503, "<html>"]);
    clouds.records = [
      { id: "d1", zone_id: "zone1", name: "web.acme.example", type: "A", comment: "strata l2-base-main" },
    ];
    clouds.mounts.mounts = { "secret/": { type: "kv", options: null } };
    cluster.onRequest = () => 0;
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("Vultr's API: GET /v2/kubernetes/clusters: status 503");
    expect(err).toContain("l1-cluster-main vultr_kubernetes.cluster");
    expect(err).toMatch(/API server https:\/\/127\.0\.0\.1:\d+: cannot be reached/);
    expect(err).toContain("(not looked at: l2-base-main kubernetes_namespace_v1.web, l2-base-main helm_release.web)");
    expect(program.imported).toEqual({
      "l2-base-main": [{ to: "cloudflare_dns_record.web", id: "zone1/d1" }],
      "l2-secrets-main": [{ to: "vault_mount.kv", id: "secret" }],
    });
  });

  it.each<[string, Answer, string]>([
    ["refuses the key", [401, { error: "Unauthorized IP address: 192.0.2.7" }], "Unauthorized IP address: 192.0.2.7"],
    ["refuses the right", [403, { error: "Forbidden" }], "status 403, Forbidden. Check VULTR_API_KEY"],
    ["answers something else", [200, "<html>"], "the answer is not what the API's description says"],
    ["has a list that is none", [200, { vpcs: "none" }], "the answer is not what the API's description says"],
    ["goes round in a circle", [200, { vpcs: [], meta: { links: { next: "a" } } }], "go round in a circle"],
    ["breaks the connection", [0, ""], "cannot be reached"],
    ["sends elsewhere", [302, "", { location: "https://example.com" }], "cannot be reached"],
  ])("is told when it %s", async (_, answer, text) => {
    const program = platform(cluster, "l1-edge-acme");
    vultr(answer);
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(err).toContain("l1-network-main vultr_vpc.vpc");
  });

  it.each([
    [429, { "retry-after": "2" }],
    [502, {}],
  ])("is asked again after %d", async (status, headers) => {
    const program = platform(cluster, "l1-edge-acme");
    let left = 2;
    clouds.vultr = { vpcs: [] };
    clouds.onRequest = (path) => (path === "/v2/vpcs" && left-- > 0 ? [status, { error: "busy" }, headers] : undefined);
    expect(await recover(program, clouds)).toMatchObject({ code: 0 });
    expect(clouds.requests.filter((each) => each.includes("/v2/vpcs"))).toHaveLength(3);
  });

  it("needs its key, its address and its URL", async () => {
    const program = platform(cluster, "l1-edge-acme");
    const failing = async (env: Readonly<Record<string, string | undefined>>) =>
      (await recover(program, clouds, [], env)).err;
    expect(await failing({ VULTR_API_KEY: undefined })).toContain("VULTR_API_KEY is not set");
    expect(await failing({ VULTR_API_URL: "http://api.example.com/v2" })).toContain(
      'VULTR_API_URL: not the URL of an API (found "http://api.example.com/v2")',
    );
    const applied = platform(cluster, ...L1, "l2-base-main");
    expect((await recover(applied, clouds, [], { VAULT_ADDR: undefined })).err).toContain("VAULT_ADDR: not set");
    expect((await recover(applied, clouds, [], { VAULT_TOKEN: "hvs.wrong" })).err).toContain("the token may not read");
  });

  it("may be named with or without its version", async () => {
    const program = platform(cluster, "l1-edge-acme");
    clouds.vultr = { vpcs: [] };
    const { VULTR_API_URL } = clouds.env;
    for (const url of [VULTR_API_URL, `${VULTR_API_URL}/`, new URL(VULTR_API_URL).origin]) {
      expect(await recover(program, clouds, [], { VULTR_API_URL: url })).toMatchObject({ code: 0 });
    }
  });

  it("does not know the zone", async () => {
    const program = platform(cluster, "l1-network-main");
    clouds.vultr = { "kubernetes/clusters": [], vpcs: [] };
    clouds.zones = {};
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("there is no zone acme.example that CLOUDFLARE_API_TOKEN may see");
  });
});

describe("what cannot be looked for", () => {
  const only = (resource: object, provider: object = {}) =>
    new TestProgram({ "l1-x": { json: { resource, provider } } });

  it.each<[string, TestProgram | (() => TestProgram), string]>([
    [
      "a type that strata does not know",
      () => only({ vultr_instance: { a: { label: "a" } } }),
      "does not know vultr_instance",
    ],
    [
      "a name that is known at apply only",
      () => only({ vultr_vpc: { a: { description: "${uuid()}", region: "fra" } } }),
      "its description is known at apply only",
    ],
    [
      "an object without a name",
      () => only({ vultr_vpc: { a: { v4_subnet: "10.0.0.0" } } }),
      "it has no description and no region",
    ],
    [
      "a cluster that no stack publishes",
      () =>
        only({ kubernetes_namespace_v1: { a: { metadata: { name: "a" } } } }, { kubernetes: [{ host: "https://x" }] }),
      "does not take its API server from the output `host`",
    ],
    [
      "a namespace of Vault's",
      () => only({ vault_mount: { a: { path: "a", type: "kv", namespace: "b" } } }),
      "in a namespace of Vault of its own",
    ],
  ])("is told: %s", async (_, program, text) => {
    clouds.vultr = { vpcs: [] };
    const { code, err } = await recover(typeof program === "function" ? program() : program, clouds);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("what the state does not say of a cluster", async () => {
    const program = platform(cluster, ...L1);
    program.state("l1-cluster-main", { "terraform_data.x": {} });
    program.state("l2-base-main", { "terraform_data.x": {} });
    clouds.vultr = { "kubernetes/clusters": [] };
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain(
      "l1-cluster-main: no output host. Deploy it first: cdktf deploy l1-cluster-main (not looked at: ",
    );
  });
});

describe("before anything is looked at", () => {
  it.each([
    ["a folder without a configuration", ["--config", "nowhere"], "there is no configuration here"],
    ["a folder without a program", ["--dir", "nowhere"], "Run `npm run synth` first"],
  ])("%s is refused", async (_, args, text) => {
    const { code, err } = await recover(platform(cluster), clouds, args);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("an imports.json that synth would refuse is refused", async () => {
    const program = platform(cluster);
    program.imports({ "l1-network-main": [{ to: "vultr_vpc.vpc", id: "" }] });
    const { code, err } = await recover(program, clouds);
    expect(code).toBe(1);
    expect(err).toContain("id is not valid");
  });

  it("a state that is not Terraform's is told, and the rest goes on", async () => {
    const program = platform(cluster, "l1-network-main");
    program.state("l1-edge-acme", {});
    clouds.vultr = { vpcs: [], "kubernetes/clusters": [] };
    const { code, err } = await recover(program, clouds, [], { TERRAFORM_BINARY_NAME: "/no/such/terraform" });
    expect(code).toBe(1);
    expect(err).toContain("/no/such/terraform: no such command. Install Terraform 1.11 or newer");
  });
});

test("a program of one stack with nothing in it has nothing to recover", async () => {
  const program = new TestProgram({
    "l1-edge-acme": { json: {} },
    ...{ "l1-network-main": STACKS["l1-network-main"] },
  });
  clouds.vultr = { vpcs: [] };
  expect(await recover(program, clouds)).toMatchObject({ code: 0, out: "Nothing to recover." });
});
