import { ExternalSecret as Model } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { SecretStore as StoreModel } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import type { VaultAccess } from "../../../../sandbox/live/controllers";
import { decoded, SECRETS } from "../../../../sandbox/live/controllers/api/core";
import { externalSecretsOperator } from "../../../../sandbox/live/controllers/external-secrets";
import {
  CLUSTER_SECRET_STORES,
  EXTERNAL_SECRETS,
  type ExternalSecret,
  PASSWORDS,
  SECRET_STORES,
} from "../../../../sandbox/live/controllers/external-secrets/objects";
import { fresh } from "./support/fake-api";
import { FakeVault } from "./support/fake-vault";
import { Bench, eventually, settled } from "./support/view";

let bench: Bench;
let vault: FakeVault;
let access: VaultAccess | undefined;

beforeAll(async () => {
  vault = await FakeVault.start();
});
afterAll(() => vault.stop());

beforeEach(() => {
  for (const kept of [vault.secrets, vault.roles, vault.tokens]) kept.clear();
  vault.requests.length = 0;
  vault.sealed = false;
  vault.revocable = true;
  vault.secrets.set("staging/app", { user: "openpanel", password: "s3cr3t-value", port: 5432 });
  vault.roles.set("reader", { jwt: "jwt-of-team/secret-reader", paths: ["staging/app"] });
  access = vault.access;
  startBench();
});
afterEach(() => bench.stop());

function startBench(): void {
  bench = new Bench();
  bench.start(externalSecretsOperator(() => access));
  for (const type of [SECRET_STORES, CLUSTER_SECRET_STORES, EXTERNAL_SECRETS, PASSWORDS]) bench.define(type);
}

const kubernetes = (role: string) => ({
  mountPath: "kubernetes-platform",
  role,
  serviceAccountRef: { name: "secret-reader", audiences: ["vault", "api"] },
});

function makeStore(name = "vault", role = "reader", more: object = {}): void {
  bench.api.put(SECRET_STORES, {
    metadata: { name, namespace: "team" },
    spec: {
      provider: {
        vault: {
          server: "https://vault.vault.svc:8200",
          path: "secret",
          version: "v2",
          auth: { kubernetes: kubernetes(role) },
          ...more,
        },
      },
    },
  });
}

function makeSecret(name: string, spec: Partial<ExternalSecret["spec"]> = {}, metadata: object = {}): ExternalSecret {
  return bench.api.put(EXTERNAL_SECRETS, {
    metadata: { name, namespace: "team", ...metadata },
    spec: {
      secretStoreRef: { kind: "SecretStore", name: "vault" },
      dataFrom: [{ extract: { key: "staging/app" } }],
      ...spec,
    },
  });
}

const ready = (name: string) =>
  bench.api.read(EXTERNAL_SECRETS, name, "team")?.status?.conditions?.find(({ type }) => type === "Ready");
const valid = (name: string) =>
  bench.api.read(SECRET_STORES, name, "team")?.status?.conditions?.find(({ type }) => type === "Ready");
const secret = (name: string) => bench.api.read(SECRETS, name, "team");
const values = (name: string) =>
  Object.fromEntries(Object.entries(secret(name)?.data ?? {}).map(([key, value]) => [key, decoded(value)]));
const becomesReady = (name: string) => eventually(() => expect(ready(name)?.status).toBe("True"));
const fails = (name: string, message: string) =>
  eventually(() => expect(ready(name)).toMatchObject({ status: "False", reason: "SecretSyncedError", message }));

describe("a secret", () => {
  test("is read as the service account of its store, and the login is given back", async () => {
    makeStore();
    makeSecret("login");
    await becomesReady("login");
    expect(values("login")).toEqual({ user: "openpanel", password: "s3cr3t-value", port: "5432" });
    expect(bench.api.tokens[0]).toBe("team/secret-reader for vault, api");
    await eventually(() => expect(vault.tokens.size).toBe(0));
    expect(vault.requests).toContain("POST auth/token/revoke-self");
  });

  test("is rendered, labelled, typed and owned as its target says", async () => {
    makeStore();
    const owner = makeSecret("login", {
      target: {
        name: "database",
        template: {
          type: "kubernetes.io/basic-auth",
          metadata: { labels: { "cnpg.io/reload": "true" } },
          data: { URL: "postgresql://{{ .user | urlquery }}:{{ .password }}@db" },
        },
      },
    });
    await becomesReady("login");
    expect(values("database")).toEqual({ URL: "postgresql://openpanel:s3cr3t-value@db" });
    expect(secret("database")).toMatchObject({
      type: "kubernetes.io/basic-auth",
      metadata: {
        labels: { "cnpg.io/reload": "true", "reconcile.external-secrets.io/managed": "true" },
        ownerReferences: [{ kind: "ExternalSecret", name: "login", uid: owner.metadata.uid, controller: true }],
      },
    });
  });

  test("can be put together key by key, and belongs to nobody where it is to be left", async () => {
    makeStore();
    const data = [
      { secretKey: "PASSWORD", remoteRef: { key: "staging/app", property: "password" } },
      { secretKey: "ALL", remoteRef: { key: "staging/app" } },
    ];
    makeSecret("parts", { dataFrom: undefined, data, target: { creationPolicy: "Orphan" } });
    await becomesReady("parts");
    expect(values("parts").PASSWORD).toBe("s3cr3t-value");
    expect(JSON.parse(values("parts").ALL ?? "")).toMatchObject({ port: 5432 });
    expect(secret("parts")?.metadata.ownerReferences).toEqual([]);
  });

  test("is not written again while it is the same, and at once when it was taken away", async () => {
    makeStore();
    makeSecret("login");
    await becomesReady("login");
    await settled(bench);
    const writes = () => bench.api.changes.filter((change) => change === "APPLY secrets team/login").length;
    expect(writes()).toBe(1);
    bench.api.put(EXTERNAL_SECRETS, { metadata: { name: "login", namespace: "team", labels: { touched: "yes" } } });
    await settled(bench);
    expect(writes()).toBeLessThanOrEqual(2);
    bench.api.take(SECRETS, "login", "team");
    await eventually(() => expect(values("login").user).toBe("openpanel"));
  });

  test("is read again when its ExternalSecret is annotated, and its status tells that it was", async () => {
    makeStore();
    makeSecret("login", { target: { template: { metadata: { labels: { "cnpg.io/reload": "true" } } } } });
    await becomesReady("login");
    const synced = () => bench.api.read(EXTERNAL_SECRETS, "login", "team")?.status?.syncedResourceVersion;
    const first = synced();
    expect(first).toMatch(/^\d+-[0-9a-f]{56}$/);
    vault.secrets.set("staging/app", { user: "openpanel", password: "another", port: 5432 });
    await bench.api.patch(
      EXTERNAL_SECRETS,
      { name: "login", namespace: "team" },
      { metadata: { annotations: { "force-sync": "1" } } },
    );
    await eventually(() => expect(synced()).not.toBe(first));
    expect(values("login").password).toBe("another");
    expect(secret("login")?.metadata.labels).toMatchObject({ "cnpg.io/reload": "true" });
    expect(secret("login")?.metadata.annotations?.["force-sync"]).toBeUndefined();
  });

  test.each([
    ["made once", { refreshPolicy: "CreatedOnce" }],
    ["never refreshed", { refreshInterval: "0" }],
  ] as const)("that is %s stays although its ExternalSecret is annotated", async (_, spec) => {
    makeStore();
    makeSecret("login", spec);
    await becomesReady("login");
    vault.secrets.set("staging/app", { user: "another" });
    const annotations = { "force-sync": "1" };
    await bench.api.patch(EXTERNAL_SECRETS, { name: "login", namespace: "team" }, { metadata: { annotations } });
    await settled(bench);
    expect(values("login").user).toBe("openpanel");
  });

  test("shares a login with the others of its store", async () => {
    makeStore();
    for (const name of ["one", "two", "three"]) makeSecret(name);
    for (const name of ["one", "two", "three"]) await becomesReady(name);
    expect(vault.requests.filter((request) => request.endsWith("/login"))).toHaveLength(1);
  });

  test("has a status that the real definition takes, as its store has", async () => {
    makeStore();
    makeSecret("login");
    await becomesReady("login");
    await eventually(() => expect(valid("vault")?.status).toBe("True"));
    const [object, store] = [
      bench.api.read(EXTERNAL_SECRETS, "login", "team"),
      bench.api.read(SECRET_STORES, "vault", "team"),
    ];
    expect(() => new Model(fresh(object)).validate()).not.toThrow();
    expect(() => new StoreModel(fresh(store)).validate()).not.toThrow();
  });
});

describe("without Vault", () => {
  test("secrets and stores say so, and are served as soon as it appears", async () => {
    await bench.stop();
    access = undefined;
    startBench();
    makeStore();
    makeSecret("login");
    await fails("login", "Vault is not there yet");
    await eventually(() => expect(valid("vault")?.message).toBe("unable to validate store: Vault is not there yet"));
    expect([...bench.problems].sort()).toEqual([
      "ExternalSecret team/login: Vault is not there yet",
      "SecretStore team/vault: Vault is not there yet",
    ]);
    access = vault.access;
    await eventually(() => expect([ready("login")?.status, valid("vault")?.status]).toEqual(["True", "True"]), 1500);
    await eventually(() => expect(bench.problems).toEqual([]));
  });

  test("what is there stays", async () => {
    makeStore();
    makeSecret("login");
    await becomesReady("login");
    await settled(bench);
    access = undefined;
    await fails("login", "Vault is not there yet");
    expect(values("login").user).toBe("openpanel");
  });

  test("one that is sealed, or does not answer, is told of", async () => {
    vault.sealed = true;
    makeStore();
    makeSecret("login");
    await fails("login", "login at auth/kubernetes-platform with role reader: Vault is sealed");
    access = { ...vault.access, address: "https://127.0.0.1:1" };
    await eventually(() => expect(ready("login")?.message).toMatch(/^Vault does not answer: .*ECONNREFUSED/));
  });

  test("one whose certificate is signed by somebody else is not trusted", async () => {
    const other = await FakeVault.start();
    access = { address: vault.access.address, ca: other.access.ca };
    makeStore();
    makeSecret("login");
    await eventually(() =>
      expect(ready("login")?.message).toMatch(/^Vault does not answer: .*(certificate|signature)/),
    );
    await other.stop();
  });
});

describe("what is denied makes no secret", () => {
  const login = "login at auth/kubernetes-platform with role";

  test("a role that is not there", async () => {
    makeStore("vault", "nobody");
    makeSecret("login");
    await fails("login", `${login} nobody: invalid role name "nobody" (400)`);
    expect(secret("login")).toBeUndefined();
    await eventually(() => expect(valid("vault")).toMatchObject({ status: "False", reason: "InvalidProviderConfig" }));
  });

  test("a role of another service account", async () => {
    vault.roles.set("other", { jwt: "jwt-of-elsewhere/secret-reader", paths: ["staging/app"] });
    makeStore("vault", "other");
    makeSecret("login");
    await fails("login", `${login} other: service account name not authorized (403)`);
    expect(secret("login")).toBeUndefined();
  });

  test("a path that the policy does not name, and one that is empty", async () => {
    vault.roles.set("reader", { jwt: "jwt-of-team/secret-reader", paths: ["staging/empty"] });
    makeStore();
    makeSecret("foreign");
    makeSecret("empty", { dataFrom: [{ extract: { key: "staging/empty" } }] });
    await fails("foreign", "reading secret/data/staging/app: permission denied (403)");
    await fails("empty", "reading secret/data/staging/empty: Secret does not exist");
    expect([secret("foreign"), secret("empty")]).toEqual([undefined, undefined]);
  });
});

describe("what stands in the way is told", () => {
  test("a store that is not there", async () => {
    makeSecret("login");
    await fails("login", 'could not get SecretStore "vault": it is not there');
    makeStore();
    await becomesReady("login");
  });

  test("the secret with Vault's CA: production would not reach it without", async () => {
    makeStore("vault", "reader", { caProvider: { type: "Secret", name: "vault-ca", key: "ca.crt" } });
    makeSecret("login");
    await fails("login", "the Secret team/vault-ca with Vault's CA is not there");
    bench.api.put(SECRETS, { metadata: { name: "vault-ca", namespace: "team" }, data: { "ca.crt": "YQ==" } });
    await becomesReady("login");
  });

  test("a key that the template names and the path has not", async () => {
    makeStore();
    makeSecret("login", { target: { template: { data: { A: "{{ .token }}" } } } });
    await fails("login", 'template of A: map has no entry for key "token"');
  });

  test("a secret that belongs to somebody else, or has another type", async () => {
    makeStore();
    const ownerReferences = [
      { apiVersion: "v1", kind: "ExternalSecret", name: "other", uid: "other", controller: true },
    ];
    bench.api.put(SECRETS, { metadata: { name: "owned", namespace: "team", ownerReferences }, type: "Opaque" });
    bench.api.put(SECRETS, { metadata: { name: "typed", namespace: "team" }, type: "kubernetes.io/tls" });
    makeSecret("owned");
    makeSecret("typed");
    await fails("owned", "the secret owned belongs to ExternalSecret other");
    await fails("typed", "the secret typed has type kubernetes.io/tls, and a type cannot be changed");
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
    makeStore();
    makeSecret("login", spec);
    await fails("login", `the sandbox does not play ${what}`);
    expect(secret("login")).toBeUndefined();
  });
});

describe("a secret that is made up", () => {
  const rule = { length: 20, digits: 5, symbols: 0, noUpper: false, allowRepeat: true };
  const spec = (refreshPolicy?: "CreatedOnce"): Partial<ExternalSecret["spec"]> => ({
    refreshPolicy,
    secretStoreRef: undefined,
    target: { template: { data: { username: "operator", password: "{{ .password }}" } } },
    dataFrom: [
      {
        sourceRef: {
          generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Password", name: "rule" },
        },
      },
    ],
  });

  test.each([
    ["stays, if it is to be made once, whatever becomes of its ExternalSecret", "CreatedOnce"],
    ["is made anew when its ExternalSecret was changed", undefined],
  ] as const)("is made without Vault, and %s", async (_, policy) => {
    access = undefined;
    makeSecret("made", spec(policy));
    await fails("made", "the generator Password rule is not there");
    bench.api.put(PASSWORDS, { metadata: { name: "rule", namespace: "team" }, spec: rule });
    await becomesReady("made");
    const before = values("made");
    expect(before).toEqual({ username: "operator", password: expect.stringMatching(/^[A-Za-z0-9]{20}$/) });
    bench.api.put(EXTERNAL_SECRETS, { metadata: { name: "made", namespace: "team", labels: { touched: "yes" } } });
    await settled(bench);
    if (policy === "CreatedOnce") expect(values("made")).toEqual(before);
    else await eventually(() => expect(values("made").password).not.toBe(before.password));
  });
});

test("no value, no token and no login is in what is said, told or written to a status", async () => {
  vault.revocable = false;
  makeStore();
  makeSecret("login");
  makeSecret("broken", { target: { template: { data: { A: "{{ .password }}{{ .missing }}" } } } });
  bench.api.put(SECRETS, { metadata: { name: "typed", namespace: "team" }, type: "kubernetes.io/tls" });
  makeSecret("typed");
  await becomesReady("login");
  await eventually(() => expect([ready("broken")?.status, ready("typed")?.status]).toEqual(["False", "False"]));
  const told = JSON.stringify([
    bench.said,
    bench.problems,
    bench.api.all(EXTERNAL_SECRETS),
    bench.api.all(SECRET_STORES),
  ]);
  for (const hidden of ["s3cr3t-value", "hvs.", "jwt-of"]) expect(told).not.toContain(hidden);
});
