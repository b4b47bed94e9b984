import type { Answer } from "../support/fake-clouds";
import { lose } from "../support/platform";
import { ALL, L1, World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("an API that does not answer as it should", () => {
  const vultr = (answer: Answer) => {
    world.clouds.onRequest = (path) => (path.startsWith("/v2/") ? answer : undefined);
  };

  it("keeps nothing else from being looked at", async () => {
    const program = world.platform(...ALL);
    lose(
      program,
      "l1-cluster-main",
      ["vultr_kubernetes.cluster", "vultr_kubernetes_node_pools.pool"],
      world.cluster.outputs,
    );
    lose(program, "l2-base-main", ["kubernetes_namespace_v1.web", "cloudflare_dns_record.web"]);
    lose(program, "l2-secrets-main", ["vault_mount.kv"]);
    vultr([503, "<html>"]);
    world.clouds.records = [
      { id: "d1", zone_id: "zone1", name: "web.acme.example", type: "A", comment: "strata l2-base-main" },
    ];
    world.clouds.mounts.mounts = { "secret/": { type: "kv", options: null } };
    world.cluster.onRequest = () => 0;
    const { code, err } = await world.recover(program);
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
    const program = world.platform("l1-edge-acme");
    vultr(answer);
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(err).toContain("l1-network-main vultr_vpc.vpc");
  });

  it.each([
    [429, { "retry-after": "2" }],
    [502, {}],
  ])("is asked again after %d", async (status, headers) => {
    const program = world.platform("l1-edge-acme");
    let left = 2;
    world.clouds.vultr = { vpcs: [] };
    world.clouds.onRequest = (path) =>
      path === "/v2/vpcs" && left-- > 0 ? [status, { error: "busy" }, headers] : undefined;
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(world.clouds.requests.filter((each) => each.includes("/v2/vpcs"))).toHaveLength(3);
  });

  it("needs its key, its address and its URL", async () => {
    const program = world.platform("l1-edge-acme");
    const failing = async (env: Readonly<Record<string, string | undefined>>) =>
      (await world.recover(program, [], env)).err;
    expect(await failing({ VULTR_API_KEY: undefined })).toContain("VULTR_API_KEY is not set");
    expect(await failing({ VULTR_API_URL: "http://api.example.com/v2" })).toContain(
      'VULTR_API_URL: not the URL of an API (found "http://api.example.com/v2")',
    );
    const applied = world.platform(...L1, "l2-base-main");
    expect((await world.recover(applied, [], { VAULT_ADDR: undefined })).err).toContain("VAULT_ADDR: not set");
    expect((await world.recover(applied, [], { VAULT_TOKEN: "hvs.wrong" })).err).toContain("the token may not read");
  });

  it("may be named with or without its version", async () => {
    const program = world.platform("l1-edge-acme");
    world.clouds.vultr = { vpcs: [] };
    const { VULTR_API_URL } = world.clouds.env;
    for (const url of [VULTR_API_URL, `${VULTR_API_URL}/`, new URL(VULTR_API_URL).origin]) {
      expect(await world.recover(program, [], { VULTR_API_URL: url })).toMatchObject({ code: 0 });
    }
  });

  it("does not know the zone", async () => {
    const program = world.platform("l1-network-main");
    world.clouds.vultr = { "kubernetes/clusters": [], vpcs: [] };
    world.clouds.zones = {};
    const { code, err } = await world.recover(program);
    expect(code).toBe(1);
    expect(err).toContain("there is no zone acme.example that CLOUDFLARE_API_TOKEN may see");
  });
});
