import { type FakeKubernetes, Killed } from "./support/fake-kubernetes";
import { deployed, OPENPANEL, PATH, reachOf, rollout } from "./support/platform";

const NAMESPACES = ["data-staging", "openpanel-staging"];
const KEYS = Object.keys(OPENPANEL.keys);
const FIRST = Object.fromEntries(KEYS.map((key) => [key, `first-${key}`]));

function rotate(cluster: FakeKubernetes): void {
  cluster.vault.set(PATH, Object.fromEntries(KEYS.map((key) => [key, `new-${key}`])));
}

function rotated(): FakeKubernetes {
  const cluster = deployed();
  rotate(cluster);
  return cluster;
}

/** Whether every pod that uses a secret was made after the rotation. */
function isThrough(cluster: FakeKubernetes, before: readonly Readonly<Record<string, string>>[]): boolean {
  return NAMESPACES.every((namespace, index) =>
    Object.entries(cluster.pods(namespace)).every(
      ([name, uid]) => name.startsWith("op-dashboard") || before[index]?.[name] !== uid,
    ),
  );
}

describe("what does not work is told with its name and reason", () => {
  it("a pod that hangs; what comes after the stores is not begun", async () => {
    const cluster = rotated();
    cluster.hanging.add("redis");
    const { code, err } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(1);
    expect(err).toMatch(
      /platform: Deployment data-staging\/redis: did not become ready within 60 s: 0 of 1 pods are available; pod redis-\d+: container main: CrashLoopBackOff, back-off 5m0s restarting failed container\. kubectl -n data-staging describe pod redis-\d+; then finish with: strata secrets rollout staging\/openpanel/,
    );
    expect(err).toContain(
      "platform: openpanel-staging: keeps the values from before, because the stores have not settled",
    );
    expect(cluster.requests.filter((request) => request.includes("openpanel-staging"))).toEqual([]);
    cluster.hanging.clear();
    const pod = Object.keys(cluster.pods("data-staging")).find((name) => name.startsWith("redis")) ?? "";
    cluster.get("pod", "data-staging", pod).status.conditions = [{ type: "Ready", status: "True" }];
    expect((await rollout(reachOf({ platform: cluster }))).code).toBe(0);
    expect(cluster.get("secret", "openpanel-staging", "openpanel-redis").data).toEqual({ VALUE: "new-redis_password" });
  });

  it("a server whose old pod was taken and whose new one does not come up", async () => {
    const cluster = rotated();
    cluster.hanging.add("chi-0");
    const { code, err } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(1);
    expect(err).toContain(
      "StatefulSet data-staging/chi-0: did not become ready within 60 s: 0 of 1 pods are ready; pod chi-0-0",
    );
    // The other one of the installation is not taken too.
    expect(cluster.requests.filter((request) => request.startsWith("DELETE"))).toHaveLength(1);
  });

  it("a rollout that its controller gave up", async () => {
    const cluster = rotated();
    cluster.hanging.add("redis");
    cluster.intercept = ({ method, path }) => {
      if (method !== "GET" || !path.endsWith("/deployments/redis")) return undefined;
      const found = cluster.get("deployment", "data-staging", "redis");
      const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
      return { status: 200, body: structuredClone({ ...found, status: { ...found.status, conditions } }) };
    };
    const { err } = await rollout(reachOf({ platform: cluster }), { timeout: 3600 });
    expect(err).toContain("Deployment data-staging/redis: did not become ready in the time it is given; pod redis-");
  });

  it("a database that does not take the password", async () => {
    const cluster = rotated();
    cluster.hanging.add("postgresql");
    const { status } = cluster.get("postgresql", "data-staging", "postgresql");
    Object.assign(status, { managedRolesStatus: { cannotReconcile: { openpanel: ["the username does not match"] } } });
    const { code, err } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(1);
    expect(err).toContain(
      "PostgreSQL cluster data-staging/postgresql: role openpanel has not the password of postgresql-openpanel yet (the username does not match), after 60 s",
    );
  });

  it("a secret that cannot be read, or is read only once", async () => {
    const cluster = rotated();
    cluster.failing.set("redis-openpanel", "could not get secret data from provider");
    const { code, err } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(1);
    expect(err).toContain(
      "ExternalSecret data-staging/redis-openpanel: was not refreshed within 60 s: could not get secret data from provider",
    );
    cluster.failing.clear();
    cluster.get("externalSecret", "data-staging", "redis-openpanel").spec.refreshPolicy = "CreatedOnce";
    expect((await rollout(reachOf({ platform: cluster }))).err).toContain("reads its path once and never again");
  });

  it.each([
    ["an API server that denies", 403, "The client certificate is not valid any more"],
    ["something that is no API server", 200, "not the answer of an API server"],
  ])("%s", async (_, status, text) => {
    const cluster = rotated();
    cluster.intercept = () => ({ status, body: "<html>" });
    const { code, err } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("a busy API server, when it stays so; for a moment it is waited for", async () => {
    const cluster = rotated();
    let busy = 0;
    cluster.intercept = ({ method }) => (method === "GET" && busy++ % 3 === 0 ? { status: 503, body: {} } : undefined);
    expect((await rollout(reachOf({ platform: cluster }))).code).toBe(0);
    cluster.intercept = () => ({ status: 503, body: {} });
    const { code, err } = await rollout(reachOf({ platform: cluster }));
    expect(code).toBe(1);
    expect(err).toContain("Try again in a moment");
  });
});

describe("a rollout that is killed", () => {
  const total = async () => {
    const cluster = rotated();
    await rollout(reachOf({ platform: cluster }));
    return cluster.requests.length;
  };

  it("at any request and run again ends in the same place", async () => {
    const requests = await total();
    expect(requests).toBeGreaterThan(50);
    for (let deadly = 1; deadly <= requests; deadly++) {
      const cluster = deployed(FIRST, ["staging"]);
      const before = NAMESPACES.map((namespace) => cluster.pods(namespace));
      rotate(cluster);
      let count = 0;
      cluster.intercept = () => {
        if (++count >= deadly) throw new Killed("killed");
        return undefined;
      };
      await expect(rollout(reachOf({ platform: cluster }))).rejects.toThrow(Killed);
      cluster.intercept = () => undefined;
      // The world goes on while nobody looks; now and then for longer than the operator's own interval.
      cluster.pass(deadly % 2 === 0 ? 1000 : 400_000);
      const { code, err } = await rollout(reachOf({ platform: cluster }));
      expect({ deadly, code, through: isThrough(cluster, before), err: code === 0 ? "" : err }).toEqual({
        deadly,
        code: 0,
        through: true,
        err: "",
      });
      expect(cluster.get("secret", "openpanel-staging", "openpanel-redis").data).toEqual({
        VALUE: "new-redis_password",
      });
    }
  }, 60_000);

  it("after a Deployment was told to restart does not tell it again", async () => {
    const cluster = rotated();
    const told = () => cluster.requests.filter((request) => request.startsWith("PATCH") && request.endsWith("/op-api"));
    cluster.intercept = () => {
      if (told().length > 0) throw new Killed("killed");
      return undefined;
    };
    const original = cluster.transport;
    const transport: typeof original = async (request) => {
      const ended = told().length > 0;
      if (ended) throw new Killed("killed");
      cluster.intercept = () => undefined;
      return original(request);
    };
    await expect(rollout({ ...reachOf({ platform: cluster }), transport: () => transport })).rejects.toThrow(Killed);
    expect(told()).toHaveLength(1);
    expect((await rollout(reachOf({ platform: cluster }))).code).toBe(0);
    expect(told()).toHaveLength(1);
  });
});
