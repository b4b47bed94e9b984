import type { VaultAccess } from "../../../../../../sandbox/live/controllers";
import { decoded, SECRETS, type Secret } from "../../../../../../sandbox/live/controllers/api/core";
import { externalSecretsOperator } from "../../../../../../sandbox/live/controllers/external-secrets";
import {
  CLUSTER_SECRET_STORES,
  EXTERNAL_SECRETS,
  type ExternalSecret,
  PASSWORDS,
  SECRET_STORES,
} from "../../../../../../sandbox/live/controllers/external-secrets/objects";
import { FakeVault } from "../../support/fake-vault";
import { Bench, eventually } from "../../support/view";

const NAMESPACE = "team";

/** External Secrets on an API server in memory, and Vault: that one for all tests of a file, the rest for each anew. */
class World {
  /** How the operator reaches Vault. @default - Vault is not there yet */
  access: VaultAccess | undefined;
  bench = new Bench();

  private running: FakeVault | undefined;

  async start(): Promise<void> {
    this.running = await FakeVault.start();
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  get vault(): FakeVault {
    if (this.running === undefined) throw new Error("Vault was not started.");
    return this.running;
  }

  /** Vault with one secret and a role that reads it, and a new bench. */
  open(): void {
    const { vault } = this;
    for (const kept of [vault.secrets, vault.roles, vault.tokens]) kept.clear();
    vault.requests.length = 0;
    vault.sealed = false;
    vault.revocable = true;
    vault.secrets.set("staging/app", { user: "openpanel", password: "s3cr3t-value", port: 5432 });
    vault.roles.set("reader", { jwt: "jwt-of-team/secret-reader", paths: ["staging/app"] });
    this.access = vault.access;
    this.startBench();
  }

  close(): Promise<void> {
    return this.bench.stop();
  }

  startBench(): void {
    this.bench = new Bench();
    this.bench.start(externalSecretsOperator(() => this.access));
    for (const type of [SECRET_STORES, CLUSTER_SECRET_STORES, EXTERNAL_SECRETS, PASSWORDS]) this.bench.define(type);
  }

  makeStore(name = "vault", role = "reader", more: object = {}): void {
    const serviceAccountRef = { name: "secret-reader", audiences: ["vault", "api"] };
    const kubernetes = { mountPath: "kubernetes-platform", role, serviceAccountRef };
    this.bench.api.put(SECRET_STORES, {
      metadata: { name, namespace: NAMESPACE },
      spec: {
        provider: {
          vault: {
            server: "https://vault.vault.svc:8200",
            path: "secret",
            version: "v2",
            auth: { kubernetes },
            ...more,
          },
        },
      },
    });
  }

  /** Makes an ExternalSecret. */
  makeSecret(name: string, spec: Partial<ExternalSecret["spec"]> = {}, metadata: object = {}): ExternalSecret {
    return this.bench.api.put(EXTERNAL_SECRETS, {
      metadata: { name, namespace: NAMESPACE, ...metadata },
      spec: {
        secretStoreRef: { kind: "SecretStore", name: "vault" },
        dataFrom: [{ extract: { key: "staging/app" } }],
        ...spec,
      },
    });
  }

  /** The condition of an ExternalSecret. */
  ready(name: string) {
    return this.bench.api
      .read(EXTERNAL_SECRETS, name, NAMESPACE)
      ?.status?.conditions?.find(({ type }) => type === "Ready");
  }

  /** The condition of a store. */
  valid(name: string) {
    return this.bench.api
      .read(SECRET_STORES, name, NAMESPACE)
      ?.status?.conditions?.find(({ type }) => type === "Ready");
  }

  /** The secret that was made. */
  secret(name: string): Secret | undefined {
    return this.bench.api.read(SECRETS, name, NAMESPACE);
  }

  /** What is in it. */
  values(name: string): Record<string, string> {
    const { data = {} } = this.secret(name) ?? {};
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decoded(value)]));
  }

  becomesReady(name: string): Promise<void> {
    return eventually(() => expect(this.ready(name)?.status).toBe("True"));
  }

  fails(name: string, message: string): Promise<void> {
    return eventually(() =>
      expect(this.ready(name)).toMatchObject({ status: "False", reason: "SecretSyncedError", message }),
    );
  }
}

/** The world of all tests of a file. */
export function worldOfTests(): World {
  const world = new World();
  beforeAll(() => world.start());
  afterAll(() => world.stop());
  beforeEach(() => world.open());
  afterEach(() => world.close());
  return world;
}
