import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Construct } from "constructs";
import { RedisInstance, type RedisInstanceProps, redisSecret, redisTraffic } from "../../../constructs/data/redis";
import { accountsScript } from "../../../constructs/data/redis/redis-files";
import type { ClusterTarget } from "../../../constructs/kubernetes/cluster-target";
import { at, list, problemsOf, Rendered } from "./objects";

const NAMESPACE = "data-staging";
const USER = { name: "openpanel", secret: { name: "redis-openpanel", path: "staging/openpanel" } };
const BASE: Omit<RedisInstanceProps, "target"> = {
  namespace: NAMESPACE,
  service: "redis-master",
  size: { storage: "2Gi", cpu: "100m", memory: "1Gi" },
  protection: "retain",
  user: USER,
};

const build =
  (props: Partial<RedisInstanceProps> = {}) =>
  (scope: Construct, target: ClusterTarget) => {
    new RedisInstance(scope, "redis", { ...BASE, ...props, target });
  };
const rendered = (props: Partial<RedisInstanceProps> = {}) => new Rendered(build(props), [NAMESPACE]);
const values = (props: Partial<RedisInstanceProps> = {}) => rendered(props).values("redis-master");

test("consumers find the server behind the service of seed 000", () => {
  expect(values().fullnameOverride).toBe("redis-master");
});

test("queues lose nothing: no eviction, everything on disk, expiry announced", () => {
  const lines = String(values().valkeyConfig).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "maxmemory-policy noeviction",
      "appendonly yes",
      "notify-keyspace-events Ex",
      "maxmemory 563mb",
    ]),
  );
});

test("passwords come from a secret, and no user may reconfigure the server", () => {
  expect(at(values(), "auth.usersExistingSecret")).toBe("redis-openpanel");
  expect(at(values(), "auth.aclUsers.openpanel")).toMatchObject({
    permissions: "~* &* +@all -@admin -@dangerous +info",
  });
  expect(JSON.stringify(at(values(), "auth"))).not.toMatch(/"password"/);
});

test.each(["256Mi", "512Mi", "1Gi", "4Gi"])("%s of memory hold the data, half of it copied, and the rest", (memory) => {
  const MIB: Readonly<Record<string, number>> = { "256Mi": 256, "512Mi": 512, "1Gi": 1024, "4Gi": 4096 };
  const data = Number(
    /maxmemory (\d+)mb/.exec(String(values({ size: { ...BASE.size, storage: "20Gi", memory } }).valkeyConfig))?.[1],
  );
  const [program, fragmented, copied] = [30, 0.1, 0.5];
  expect(data).toBeGreaterThan(100);
  expect(program + data * (1 + fragmented + copied)).toBeLessThan(MIB[memory] ?? 0);
});

test("a volume that can't take the log beside its successor is refused", () => {
  expect(problemsOf(build({ size: { ...BASE.size, storage: "1Gi" } }), [NAMESPACE])).toEqual([
    expect.stringContaining("volume of a Redis instance is too small for the log of its writes"),
  ]);
});

test("memory of which no limit follows is refused", () => {
  expect(problemsOf(build({ size: { ...BASE.size, memory: "1000000000" } }), [NAMESPACE])).toEqual([
    expect.stringContaining("memory of a Redis instance has a unit that is not known"),
  ]);
});

test("a client without a name may do nothing but ask whether the server is there", () => {
  expect(at(values(), "auth.aclUsers.default.permissions")).toBe("nopass resetkeys resetchannels -@all +ping");
});

test("a pod is ready when its log has been read, and is not restarted while it reads", () => {
  expect(String(at(values(), "readinessProbe.customProbe.exec.command.2"))).toContain("PONG");
  expect(at(values(), "livenessProbe")).toMatchObject({ timeoutSeconds: 5, failureThreshold: 6 });
});

test("a retained instance keeps its volume, a disposable one does not", () => {
  const storage = (props: Partial<RedisInstanceProps>) => at(values(props), "dataStorage");
  expect(storage({})).toMatchObject({ keepPvc: true, className: "vultr-block-storage-retain" });
  expect(storage({ protection: "delete" })).toMatchObject({ keepPvc: false, className: "vultr-block-storage" });
});

test("an update never waits for the volume that the old pod holds", () => {
  expect(values().deploymentStrategy).toBe("Recreate");
});

test("the readiness Job logs in as the application's user and asks for the eviction policy", () => {
  const container = at(rendered().object("redis-master-ready", "Job"), "spec.template.spec.containers.0");
  expect(list(container, "env")).toContainEqual({ name: "REDIS_USER", value: "openpanel" });
  expect(String(at(container, "command.2"))).toContain("maxmemory_policy:noeviction");
});

test("the default user is refused as the application's", () => {
  expect(problemsOf(build({ user: { ...USER, name: "default" } }), [NAMESPACE])).toEqual([
    expect.stringContaining("Redis user is not allowed here"),
  ]);
});

test("the password stands under the user's name, where the chart looks for it", () => {
  expect(redisSecret(USER).template).toEqual({ openpanel: "{{ .redis_password }}" });
  expect(at(values(), "auth.aclUsers.default.passwordKey")).toBe("openpanel");
});

test("only the named consumers reach the instance, and no other instance of the namespace", () => {
  expect(redisTraffic({ consumers: ["openpanel-staging"], service: "redis-master" })).toEqual([
    {
      from: "namespace",
      namespace: "openpanel-staging",
      ports: [6379],
      pods: { "app.kubernetes.io/instance": "redis-master" },
    },
    { within: "namespace" },
  ]);
});

describe("with the engine redis", () => {
  const redis = (props: Partial<RedisInstanceProps> = {}) => rendered({ ...props, engine: "redis" });
  const object = (kind: string) => redis().object("redis-master", kind);
  const pod = () => at(object("Deployment"), "spec.template");

  test("consumers find the server behind the same service, and the network policy finds its pod", () => {
    const selector = at(object("Service"), "spec.selector");
    expect(at(object("Service"), "metadata.name")).toBe("redis-master");
    expect(at(pod(), "metadata.labels")).toEqual(selector);
    const [line] = redisTraffic({ consumers: ["openpanel-staging"], service: "redis-master" });
    expect(at(pod(), "metadata.labels")).toMatchObject(line?.pods ?? { never: "" });
  });

  test("the server has the very lines of the other engine", () => {
    const own = String(Object(at(object("ConfigMap"), "data"))["redis.conf"]);
    for (const line of String(values().valkeyConfig).trim().split("\n")) expect(own.split("\n")).toContain(line);
    expect(own).toContain("aclfile /accounts/users.acl");
  });

  test("passwords are read from the secret when the pod starts, and are nowhere else", () => {
    const script = String(at(pod(), "spec.initContainers.0.command.2"));
    expect(script).toContain("password=$(cat /passwords/openpanel)");
    expect(script).toContain('echo "user openpanel on #$hash ~* &* +@all -@admin -@dangerous +info"');
    expect(at(pod(), "spec.volumes.3.secret")).toEqual({ secretName: "redis-openpanel", defaultMode: 0o440 });
  });

  test.each([
    ["a password that is missing", undefined],
    ["an empty password", ""],
  ])("%s keeps the server from starting", (_, password) => {
    const folder = mkdtempSync(path.join(tmpdir(), "strata-redis-"));
    try {
      if (password !== undefined) writeFileSync(path.join(folder, "app"), password);
      const users = [{ name: "app", permissions: "+@all", passwordKey: "app" }];
      const script = accountsScript(users, { accounts: folder, passwords: folder });
      expect(spawnSync("/bin/sh", ["-c", script]).status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("an update never waits for the volume that the old pod holds, and a new configuration is an update", () => {
    expect(at(object("Deployment"), "spec.strategy.type")).toBe("Recreate");
    const mark = (memory: string) =>
      at(
        redis({ size: { ...BASE.size, memory } }).object("redis-master", "Deployment"),
        "spec.template.metadata.annotations",
      );
    expect(mark("512Mi")).not.toEqual(mark("1Gi"));
  });

  test("a retained instance keeps its volume, and it is not the one of the other engine", () => {
    const claim = (props: Partial<RedisInstanceProps>) => redis(props).object("redis-master", "PersistentVolumeClaim");
    expect(at(claim({}), "metadata")).toMatchObject({
      name: "redis-master-redis",
      annotations: { "helm.sh/resource-policy": "keep" },
    });
    expect(at(claim({ protection: "delete" }), "metadata.annotations")).toEqual({});
  });

  test("the server runs as nobody who could write but to its volume", () => {
    expect(at(pod(), "spec.securityContext")).toMatchObject({ runAsNonRoot: true, fsGroup: 1000 });
    for (const container of ["spec.initContainers.0", "spec.containers.0"]) {
      expect(at(pod(), `${container}.securityContext`)).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
      });
    }
  });

  test("the readiness Job asks with the tool of its image", () => {
    const container = at(redis().object("redis-master-ready", "Job"), "spec.template.spec.containers.0");
    expect(String(at(container, "image"))).toMatch(/library\/redis:\d+\.\d+\.\d+$/);
    expect(String(at(container, "command.2"))).toContain("redis-cli --no-auth-warning");
    expect(list(container, "env").map(({ name }) => name)).toContain("REDISCLI_AUTH");
  });
});
