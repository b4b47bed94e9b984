import { STACKS } from "../support/platform";
import { ALL, L1, World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("strata recover", () => {
  it("has nothing to do where every state knows everything, and asks for no credentials", async () => {
    const none = Object.fromEntries(Object.keys(world.clouds.env).map((name) => [name, undefined]));
    const { code, out, err } = await world.recover(world.platform(...ALL), [], none);
    expect({ code, out, err }).toEqual({ code: 0, out: "Nothing to recover.", err: "" });
    expect(world.clouds.requests).toEqual([]);
  });

  it("prints everything as JSON too", async () => {
    const program = world.platform(...L1);
    world.cluster.objects.set("/api/v1/namespaces/web", "there");
    const { out } = await world.recover(program, ["--json"], { VAULT_ADDR: undefined });
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
    const program = world.platform();
    // Something of every stack is known, so all of the rest is looked for.
    for (const stack of Object.keys(STACKS)) program.state(stack, { "terraform_data.x": {} });
    program.state("l1-cluster-main", { "terraform_data.x": {} }, world.cluster.outputs);
    world.clouds.vultr = { vpcs: [], "kubernetes/clusters": [] };
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(world.clouds.requests.sort()).toEqual([
      "GET /client/v4/zones/zone1/dns_records?type=A&name.exact=web.acme.example&per_page=100&page=1",
      "GET /client/v4/zones/zone1/rulesets/phases/http_ratelimit/entrypoint",
      "GET /client/v4/zones?name=acme.example",
      "GET /v1/sys/audit",
      "GET /v1/sys/auth",
      "GET /v1/sys/mounts",
      "GET /v2/kubernetes/clusters?per_page=500",
      "GET /v2/vpcs?per_page=500",
    ]);
    expect(world.cluster.requests).toEqual([
      "GET /api/v1/namespaces/web",
      "GET /apis/networking.k8s.io/v1/namespaces/web/networkpolicies/default",
      "GET /api/v1/namespaces/web/secrets?labelSelector=owner=helm&limit=500",
    ]);
  });
});
