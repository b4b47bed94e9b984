import type { Construct } from "constructs";
import { RedisInstance, type RedisInstanceProps, redisSecret, redisTraffic } from "../../../constructs/data/redis";
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
      "maxmemory 768mb",
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

test("a client without a name may do nothing", () => {
  expect(at(values(), "auth.aclUsers.default.permissions")).toBe("resetkeys resetchannels -@all +ping");
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

test("only the named consumers reach the store", () => {
  expect(redisTraffic({ consumers: ["openpanel-staging"] })).toEqual([
    { from: "namespace", namespace: "openpanel-staging", ports: [6379] },
    { within: "namespace" },
  ]);
});
