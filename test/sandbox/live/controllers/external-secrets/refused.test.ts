import { SECRETS } from "../../../../../sandbox/live/controllers/api/core";
import type { ExternalSecret } from "../../../../../sandbox/live/controllers/external-secrets/objects";
import { eventually } from "../support/view";
import { worldOfTests } from "./support/world";

const world = worldOfTests();

describe("what is denied makes no secret", () => {
  const login = "login at auth/kubernetes-platform with role";

  test("a role that is not there", async () => {
    world.makeStore("vault", "nobody");
    world.makeSecret("login");
    await world.fails("login", `${login} nobody: invalid role name "nobody" (400)`);
    expect(world.secret("login")).toBeUndefined();
    await eventually(() =>
      expect(world.valid("vault")).toMatchObject({ status: "False", reason: "InvalidProviderConfig" }),
    );
  });

  test("a role of another service account", async () => {
    world.vault.roles.set("other", { jwt: "jwt-of-elsewhere/secret-reader", paths: ["staging/app"] });
    world.makeStore("vault", "other");
    world.makeSecret("login");
    await world.fails("login", `${login} other: service account name not authorized (403)`);
    expect(world.secret("login")).toBeUndefined();
  });

  test("a path that the policy does not name, and one that is empty", async () => {
    world.vault.roles.set("reader", { jwt: "jwt-of-team/secret-reader", paths: ["staging/empty"] });
    world.makeStore();
    world.makeSecret("foreign");
    world.makeSecret("empty", { dataFrom: [{ extract: { key: "staging/empty" } }] });
    await world.fails("foreign", "reading secret/data/staging/app: permission denied (403)");
    await world.fails("empty", "reading secret/data/staging/empty: Secret does not exist");
    expect([world.secret("foreign"), world.secret("empty")]).toEqual([undefined, undefined]);
  });
});

describe("what stands in the way is told", () => {
  test("a store that is not there", async () => {
    world.makeSecret("login");
    await world.fails("login", 'could not get SecretStore "vault": it is not there');
    world.makeStore();
    await world.becomesReady("login");
  });

  test("the secret with Vault's CA: production would not reach it without", async () => {
    world.makeStore("vault", "reader", { caProvider: { type: "Secret", name: "vault-ca", key: "ca.crt" } });
    world.makeSecret("login");
    await world.fails("login", "the Secret team/vault-ca with Vault's CA is not there");
    world.bench.api.put(SECRETS, { metadata: { name: "vault-ca", namespace: "team" }, data: { "ca.crt": "YQ==" } });
    await world.becomesReady("login");
  });

  test("a key that the template names and the path has not", async () => {
    world.makeStore();
    world.makeSecret("login", { target: { template: { data: { A: "{{ .token }}" } } } });
    await world.fails("login", 'template of A: map has no entry for key "token"');
  });

  test("a secret that belongs to somebody else, or has another type", async () => {
    world.makeStore();
    const ownerReferences = [
      { apiVersion: "v1", kind: "ExternalSecret", name: "other", uid: "other", controller: true },
    ];
    world.bench.api.put(SECRETS, { metadata: { name: "owned", namespace: "team", ownerReferences }, type: "Opaque" });
    world.bench.api.put(SECRETS, { metadata: { name: "typed", namespace: "team" }, type: "kubernetes.io/tls" });
    world.makeSecret("owned");
    world.makeSecret("typed");
    await world.fails("owned", "the secret owned belongs to ExternalSecret other");
    await world.fails("typed", "the secret typed has type kubernetes.io/tls, and a type cannot be changed");
  });

  test.each<[string, Partial<ExternalSecret["spec"]>]>([
    ["creationPolicy Merge", { target: { creationPolicy: "Merge" } }],
    ["deletionPolicy Delete", { target: { deletionPolicy: "Delete" } }],
    ["dataFrom.find", { dataFrom: [{ find: { path: "staging" } }] }],
    [
      "dataFrom.rewrite",
      { dataFrom: [{ extract: { key: "staging/app" }, rewrite: [{ regexp: { source: "a", target: "b" } }] }] },
    ],
    ["decodingStrategy", { dataFrom: [{ extract: { key: "staging/app", decodingStrategy: "Base64" } }] }],
    ["template mergePolicy Merge", { target: { template: { mergePolicy: "Merge" } } }],
  ])("what the sandbox does not play: %s", async (what, spec) => {
    world.makeStore();
    world.makeSecret("login", spec);
    await world.fails("login", `the sandbox does not play ${what}`);
    expect(world.secret("login")).toBeUndefined();
  });
});
