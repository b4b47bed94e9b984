import { RESTARTED_AT } from "../../../../cli/secrets/rollout/workloads";
import type { FakeKubernetes } from "./support/fake-kubernetes";
import { at } from "./support/objects";
import { deployed, OPENPANEL, PATH, reachOf, rollout } from "./support/platform";

let cluster: FakeKubernetes;

beforeEach(() => {
  cluster = deployed();
});

/** Gives a key another value, as a rotation does. */
function rotated(key: string, path = PATH): void {
  cluster.vault.set(path, { ...cluster.vault.get(path), [key]: `new-${key}` });
}

function allPods(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const namespaces = ["data-staging", "openpanel-staging", "data-prod", "openpanel-prod"];
  return Object.fromEntries(namespaces.map((namespace) => [namespace, cluster.pods(namespace)]));
}

/** Workloads whose pods are all others than before. */
function restarted(before: ReturnType<typeof allPods>): readonly string[] {
  const old = new Set(Object.values(before).flatMap((pods) => Object.values(pods)));
  return Object.entries(allPods())
    .flatMap(([namespace, pods]) =>
      Object.entries(pods).flatMap(([name, uid]) =>
        old.has(uid) ? [] : [`${namespace}/${name.replace(/-\d{3,}$/, "")}`],
      ),
    )
    .filter((name, index, all) => all.indexOf(name) === index)
    .sort();
}

const changes = () => cluster.requests.filter((request) => !request.startsWith("GET"));

describe("a rollout", () => {
  it("refreshes what reads the path, waits for the database, and restarts what uses a secret that changed", async () => {
    const before = allPods();
    rotated("postgres_password");
    const { code, out } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(0);
    expect(restarted(before)).toEqual(["openpanel-staging/op-api", "openpanel-staging/op-worker"]);
    expect(cluster.get("secret", "data-staging", "postgresql-openpanel").data).toEqual({
      VALUE: "new-postgres_password",
    });
    const { resourceVersion } = cluster.get("secret", "data-staging", "postgresql-openpanel").metadata;
    const server = cluster.get("postgresql", "data-staging", "postgresql");
    expect(at(server.status, "managedRolesStatus.passwordStatus.openpanel.resourceVersion")).toBe(resourceVersion);
    expect(out).toContain("everything that uses it has its values");
  });

  it("touches nothing of another environment", async () => {
    const before = allPods();
    rotated("postgres_password");
    rotated("postgres_password", "prod/openpanel");
    await rollout(reachOf({ platform: cluster }));
    expect(restarted(before).filter((name) => name.includes("prod"))).toEqual([]);
    expect(cluster.requests.filter((request) => request.includes("prod"))).toEqual([]);
  });

  it("replaces the pods of an operator one after the other and does not change what is the operator's", async () => {
    const before = allPods();
    rotated("clickhouse_password");
    expect((await rollout(reachOf({ platform: cluster }))).code).toBe(0);
    expect(restarted(before)).toEqual([
      "data-staging/chi-0-0",
      "data-staging/chi-1-0",
      "openpanel-staging/op-api",
      "openpanel-staging/op-worker",
    ]);
    const [first = 0, second = 0] = cluster.requests.flatMap((request, index) =>
      request.startsWith("DELETE") ? [index] : [],
    );
    // Between the two it was seen that the first is ready again.
    expect(cluster.requests.slice(first, second)).toContain(
      "GET /api/v1/namespaces/data-staging/pods?labelSelector=app%3Dchi-0&limit=500",
    );
    expect(changes().filter((request) => request.includes("statefulsets"))).toEqual([]);
  });

  it("restarts a server that read its secret from a volume when it started", async () => {
    const before = allPods();
    rotated("redis_password");
    await rollout(reachOf({ platform: cluster }));
    expect(restarted(before)).toEqual(["data-staging/redis", "openpanel-staging/op-worker"]);
    const { template } = cluster.get("deployment", "data-staging", "redis").spec;
    expect(Date.parse(String(at(template, "metadata.annotations")?.[RESTARTED_AT as never]))).toBeGreaterThan(0);
  });

  it("goes to the stores first, and to the applications when those have settled", async () => {
    for (const key of Object.keys(OPENPANEL.keys)) rotated(key);
    await rollout(reachOf({ platform: cluster }));
    const order = changes().map((request) => (request.includes("data-staging") ? "stores" : "application"));
    expect(order.indexOf("application")).toBe(order.lastIndexOf("stores") + 1);
    expect(changes()).toHaveLength(3 + 2 + 1 + 2 + 2);
  });

  it("does nothing more when it is run again, but to look", async () => {
    for (const key of Object.keys(OPENPANEL.keys)) rotated(key);
    await rollout(reachOf({ platform: cluster }));
    const before = allPods();
    const { code, out } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(0);
    expect(restarted(before)).toEqual([]);
    expect(out).toMatch(/openpanel-staging\/op-api\s+Deployment\s+current/);
  });

  it("restarts what is older than a secret that came by itself meanwhile", async () => {
    const before = allPods();
    rotated("postgres_password");
    cluster.get("externalSecret", "data-staging", "postgresql-openpanel").metadata.annotations.other = "1";
    cluster.get("externalSecret", "openpanel-staging", "openpanel-stores").metadata.annotations.other = "1";
    cluster.pass(1000);
    cluster.pass(600_000);
    const { code, out } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(0);
    expect(out).toMatch(/openpanel-stores\s+Secret\s+current/);
    expect(restarted(before)).toEqual(["openpanel-staging/op-api", "openpanel-staging/op-worker"]);
  });

  it("leaves alone what waited for its secret and started with it", async () => {
    // As in a first deployment: the pod is there before its secret is.
    const { status, metadata } = cluster.get("pod", "data-staging", "chi-0-0");
    metadata.creationTimestamp = "2026-11-21T11:00:00Z";
    const containerStatuses = [
      { name: "main", ready: true, state: { running: { startedAt: "2026-11-21T13:00:00Z" } } },
    ];
    Object.assign(status, { containerStatuses });
    const before = allPods();
    rotated("redis_password");
    await rollout(reachOf({ platform: cluster }));
    expect(restarted(before)).not.toContain("data-staging/chi-0-0");
  });

  it("does not wait for what has nothing to do with the change", async () => {
    cluster.get("pod", "data-staging", "chi-0-0").status.conditions = [{ type: "Ready", status: "False" }];
    rotated("redis_password");
    const { code, out } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(0);
    expect(out).toMatch(/chi-0\s+StatefulSet\s+current/);
  });

  it("tells what happens while it does, and no value", async () => {
    rotated("postgres_password");
    const { out, err } = await rollout(reachOf({ platform: cluster }));
    for (const text of [
      "platform: secret data-staging/postgresql-openpanel has new values",
      "platform: PostgreSQL cluster data-staging/postgresql: role openpanel has the password of postgresql-openpanel",
      "platform: Deployment openpanel-staging/op-api: restarts, 2 of its pods are older than the secret",
      "platform: Deployment openpanel-staging/op-api: its controller has not seen the change yet",
      "platform: Deployment openpanel-staging/op-api: has restarted and is ready",
    ]) {
      expect(err).toContain(text);
    }
    expect(out + err).not.toContain("new-postgres_password");
  });

  it("prints JSON, and nothing else", async () => {
    rotated("postgres_password");
    const { out, err } = await rollout(reachOf({ platform: cluster }), { json: true });
    expect(err).toBe("");
    const place = { cluster: "platform", namespace: "data-staging" };
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      path: PATH,
      dryRun: false,
      refreshed: expect.arrayContaining([
        { ...place, externalSecret: "postgresql-openpanel", secret: "postgresql-openpanel", changed: true },
        { ...place, externalSecret: "redis-openpanel", secret: "redis-openpanel", changed: false },
      ]),
      settled: expect.arrayContaining([
        { ...place, kind: "Role", name: "postgresql/openpanel", action: "password set" },
        { ...place, kind: "Deployment", name: "redis", action: "current" },
        {
          cluster: "platform",
          namespace: "openpanel-staging",
          kind: "Deployment",
          name: "op-api",
          action: "restarted",
        },
      ]),
      absent: [],
      problems: [],
    });
  });

  it("lists with --dry-run what it would do, changes nothing and ends with 2", async () => {
    rotated("postgres_password");
    const { code, out } = await rollout(reachOf({ platform: cluster }), { dryRun: true });
    expect(code).toBe(2);
    expect(changes()).toEqual([]);
    expect(out).toMatch(/data-staging\/postgresql-openpanel\s+Secret\s+refresh/);
    expect(out).toMatch(/data-staging\/postgresql\/openpanel\s+Role\s+wait for the new password/);
    expect(out).toMatch(/data-staging\/chi-0\s+StatefulSet\s+restart/);
    expect(out).not.toContain("op-dashboard");
    expect(out).not.toContain("openpanel-runtime");
  });

  it("has nothing to do in a cluster that was never deployed, and in a namespace that nothing was delivered to", async () => {
    expect(await rollout(reachOf({ platform: undefined }))).toMatchObject({
      code: 0,
      err: expect.stringContaining("platform: data-staging: the cluster was never deployed."),
    });
    const { FakeKubernetes: Empty } = await import("./support/fake-kubernetes");
    expect(await rollout(reachOf({ platform: new Empty(new Map()) }))).toMatchObject({
      code: 0,
      err: expect.stringContaining("platform: openpanel-staging: nothing reads the path there yet."),
    });
  });
});
