import { L1, World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("strata recover", () => {
  it("finds Kubernetes objects by their names, records by their comment, and no release", async () => {
    const program = world.platform(...L1);
    const record = { zone_id: "zone1", name: "web.acme.example", type: "A" };
    world.clouds.records = [
      { ...record, id: "d1", content: "192.0.2.1", comment: "of somebody else" },
      { ...record, id: "d2", content: "192.0.2.2", comment: "strata l2-base-main" },
    ];
    world.cluster.objects.set("/api/v1/namespaces/web", "there");
    world.cluster.objects.set("/apis/networking.k8s.io/v1/namespaces/web/networkpolicies/default", "there");
    const { code } = await world.recover(program);
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
    const program = world.platform("l1-network-main");
    world.clouds.vultr = { "kubernetes/clusters": [] };
    world.clouds.rulesets.http_ratelimit = {
      id: "r1",
      name: "old name",
      description: "Owned by Strata (acme.example)",
    };
    expect(await world.recover(program)).toMatchObject({ code: 0 });
    expect(program.imported).toEqual({ "l1-edge-acme": [{ to: "cloudflare_ruleset.waf", id: "zones/zone1/r1" }] });
  });

  it("finds what is enabled in Vault, and leaves alone what is written over", async () => {
    const program = world.platform(...L1, "l2-base-main");
    world.clouds.mounts.mounts = { "secret/": { type: "kv", options: { version: "2" } } };
    world.clouds.mounts.auth = { "token/": { type: "token", options: null } };
    world.clouds.mounts.audit = { "file/": { type: "file", options: { file_path: "/log" } } };
    const { code } = await world.recover(program);
    expect(code).toBe(0);
    expect(program.imported).toEqual({
      "l2-secrets-main": [
        { to: "vault_audit.file", id: "file" },
        { to: "vault_mount.kv", id: "secret" },
      ],
    });
  });
});
