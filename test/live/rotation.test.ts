import { setTimeout as pause } from "node:timers/promises";
import { apiTransport } from "../../cli/kubernetes/api-server";
import { type RolloutReach, secretsRollout } from "../../cli/secrets/rollout";
import { secretsRotate } from "../../cli/secrets/rotate";
import { generated, type TestSecret, writeProgram } from "../cli/support/program";
import { fakeSession } from "../cli/support/session";
import { at, becomes } from "./support/controllers/objects";
import { Playground, tools } from "./support/controllers/playground";
import { VaultOfTest } from "./support/controllers/vault";
import { Environments, type Seen } from "./support/rotation/environments";

jest.setTimeout(180_000);

const PATH = "staging/openpanel";
const playground = new Playground();
let vault: VaultOfTest;
let environments: Environments;

beforeAll(async () => {
  await playground.start();
  const program = tools.get("vault") ?? "";
  vault = await VaultOfTest.start({ folder: playground.folder, servers: playground.servers, program });
  await vault.admit("playground", playground.cluster.connection);
  playground.vault = vault.access;
  environments = new Environments(playground, vault);
  await environments.define();
  for (const environment of ["staging", "prod"]) await environments.deploy(environment);
  for (const environment of ["staging", "prod"]) await environments.settled(environment);
});
afterAll(async () => {
  await vault?.stop();
  await playground.stop();
});

const declared: TestSecret = {
  path: PATH,
  readers: ["openpanel-staging", "data-staging"].map((namespace) => ({
    cluster: "playground",
    namespace,
    serviceAccount: "secret-reader",
  })),
  keys: { postgres_password: generated, clickhouse_password: generated, redis_password: generated },
};

/** The cluster as its stack publishes it, and a clock that runs. */
function reach(): Partial<RolloutReach> {
  const { server, certificateAuthority, clientCertificate, clientKey } = playground.cluster.connection;
  const outputs = {
    host: server,
    cluster_ca_certificate: certificateAuthority,
    client_certificate: clientCertificate,
    client_key: clientKey,
  };
  return {
    outputs: async () => new Map(Object.entries(outputs)),
    transport: (access) => apiTransport(access),
    clock: { now: () => performance.now(), sleep: (milliseconds) => pause(milliseconds) },
  };
}

async function rotate(key: string) {
  const { session, lines } = fakeSession({ env: vault.env });
  const options = { dir: writeProgram({ secrets: [declared] }), supply: [], rollout: true, timeout: 60 };
  const code = await secretsRotate(session, { path: PATH, key }, options, reach());
  return { code, said: [...lines.out, ...lines.err].join("\n") };
}

async function rollout() {
  const { session, lines } = fakeSession({});
  const code = await secretsRollout(
    session,
    PATH,
    { dir: writeProgram({ secrets: [declared] }), timeout: 60 },
    reach(),
  );
  return { code, said: [...lines.out, ...lines.err].join("\n") };
}

/** Workloads all of whose pods are others than before. */
function restarted(before: Seen, after: Seen): readonly string[] {
  return Object.keys(after.pods).filter((name) => after.pods[name]?.every((uid) => !before.pods[name]?.includes(uid)));
}

describe("rotation on a real API server with a real Vault", () => {
  test("of the database's password reaches Vault, both Kubernetes secrets, the role and the application, and not prod", async () => {
    const [staging, prod] = [await environments.look("staging"), await environments.look("prod")];
    const { code, said } = await rotate("postgres_password");
    expect(code).toBe(0);
    const value = await vault.value(PATH, "postgres_password");
    expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(said).not.toContain(value);
    expect(await playground.objects.secret("data-staging", "postgresql-openpanel")).toEqual({
      username: "openpanel",
      password: value,
    });
    const app = await playground.objects.secret("openpanel-staging", "openpanel-stores");
    expect(new URL(app?.DATABASE_URL ?? "").password).toBe(value);
    const after = await environments.look("staging");
    expect(after.version).toBe(Number(staging.version) + 1);
    expect(restarted(staging, after)).toEqual(["openpanel-staging/op-api"]);
    const cluster = await playground.objects.find(environments.server("staging"));
    expect(at(cluster, "spec.managed.roles.0.passwordSecret.name")).toBe("postgresql-openpanel");
    expect(at(cluster, "status.managedRolesStatus.passwordStatus.openpanel.resourceVersion")).toBe(
      after.secrets["data-staging/postgresql-openpanel"],
    );
    expect(await environments.notReady("staging")).toEqual([]);
    expect(await environments.look("prod")).toEqual(prod);
  });

  test("of every store's password restarts the stores and then the application", async () => {
    const before = await environments.look("staging");
    for (const key of ["clickhouse_password", "redis_password"]) {
      expect((await rotate(key)).code).toBe(0);
    }
    const after = await environments.look("staging");
    expect([...restarted(before, after)].sort()).toEqual([
      "data-staging/chi-clickhouse-main-0-0",
      "data-staging/redis",
      "openpanel-staging/op-api",
    ]);
    expect(await environments.notReady("staging")).toEqual([]);
  });

  test("rolled out again changes nothing", async () => {
    const before = await environments.look("staging");
    const { code, said } = await rollout();
    expect(code).toBe(0);
    expect(said).toMatch(/op-api\s+Deployment\s+current/);
    expect((await environments.look("staging")).pods).toEqual(before.pods);
  });

  test("whose pods hang ends with 1 and their name, and is finished by a rollout", async () => {
    playground.faults.fail({ namespace: "openpanel-staging", name: "op-api" });
    await becomes(async () => (await environments.notReady("staging")).length > 0, true);
    const { session, lines } = fakeSession({ env: vault.env });
    const options = { dir: writeProgram({ secrets: [declared] }), supply: [], rollout: true, timeout: 5 };
    const target = { path: PATH, key: "postgres_password" };
    expect(await secretsRotate(session, target, options, reach())).toBe(1);
    const said = lines.err.join("\n");
    expect(said).toMatch(
      /Deployment openpanel-staging\/op-api: did not become ready within 5 s: .*; pod op-api-\S+: container main: CrashLoopBackOff/,
    );
    expect(said).toContain(`Vault has version ${await vault.version(PATH)} of ${PATH}`);
    playground.faults.clear();
    expect((await rollout()).code).toBe(0);
    const url = (await playground.objects.secret("openpanel-staging", "openpanel-stores"))?.DATABASE_URL;
    expect(new URL(url ?? "").password).toBe(await vault.value(PATH, "postgres_password"));
    expect(await environments.notReady("staging")).toEqual([]);
  });
});
