import { ExternalSecret as Model } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { SecretStore as StoreModel } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import { EXTERNAL_SECRETS, SECRET_STORES } from "../../../../../sandbox/live/controllers/external-secrets/objects";
import { fresh } from "../support/fake-api";
import { eventually } from "../support/view";
import { worldOfTests } from "./support/world";

const world = worldOfTests();

describe("a secret", () => {
  test("is read as the service account of its store, and the login is given back", async () => {
    world.makeStore();
    world.makeSecret("login");
    await world.becomesReady("login");
    expect(world.values("login")).toEqual({ user: "openpanel", password: "s3cr3t-value", port: "5432" });
    expect(world.bench.api.tokens[0]).toBe("team/secret-reader for vault, api");
    await eventually(() => expect(world.vault.tokens.size).toBe(0));
    expect(world.vault.requests).toContain("POST auth/token/revoke-self");
  });

  test("is rendered, labelled, typed and owned as its target says", async () => {
    world.makeStore();
    const owner = world.makeSecret("login", {
      target: {
        name: "database",
        template: {
          type: "kubernetes.io/basic-auth",
          metadata: { labels: { "cnpg.io/reload": "true" } },
          data: { URL: "postgresql://{{ .user | urlquery }}:{{ .password }}@db" },
        },
      },
    });
    await world.becomesReady("login");
    expect(world.values("database")).toEqual({ URL: "postgresql://openpanel:s3cr3t-value@db" });
    expect(world.secret("database")).toMatchObject({
      type: "kubernetes.io/basic-auth",
      metadata: {
        labels: { "cnpg.io/reload": "true", "reconcile.external-secrets.io/managed": "true" },
        ownerReferences: [{ kind: "ExternalSecret", name: "login", uid: owner.metadata.uid, controller: true }],
      },
    });
  });

  test("can be put together key by key, and belongs to nobody where it is to be left", async () => {
    world.makeStore();
    const data = [
      { secretKey: "PASSWORD", remoteRef: { key: "staging/app", property: "password" } },
      { secretKey: "ALL", remoteRef: { key: "staging/app" } },
    ];
    world.makeSecret("parts", { dataFrom: undefined, data, target: { creationPolicy: "Orphan" } });
    await world.becomesReady("parts");
    expect(world.values("parts").PASSWORD).toBe("s3cr3t-value");
    expect(JSON.parse(world.values("parts").ALL ?? "")).toMatchObject({ port: 5432 });
    expect(world.secret("parts")?.metadata.ownerReferences).toEqual([]);
  });

  test("shares a login with the others of its store", async () => {
    world.makeStore();
    for (const name of ["one", "two", "three"]) world.makeSecret(name);
    for (const name of ["one", "two", "three"]) await world.becomesReady(name);
    expect(world.vault.requests.filter((request) => request.endsWith("/login"))).toHaveLength(1);
  });

  test("has a status that the real definition takes, as its store has", async () => {
    world.makeStore();
    world.makeSecret("login");
    await world.becomesReady("login");
    await eventually(() => expect(world.valid("vault")?.status).toBe("True"));
    const [object, store] = [
      world.bench.api.read(EXTERNAL_SECRETS, "login", "team"),
      world.bench.api.read(SECRET_STORES, "vault", "team"),
    ];
    expect(() => new Model(fresh(object)).validate()).not.toThrow();
    expect(() => new StoreModel(fresh(store)).validate()).not.toThrow();
  });
});
