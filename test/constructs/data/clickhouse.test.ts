import type { Construct } from "constructs";
import {
  ClickhouseInstallation,
  type ClickhouseInstallationProps,
  clickhouseSecrets,
  clickhouseTraffic,
} from "../../../constructs/data/clickhouse";
import type { ClusterTarget } from "../../../constructs/kubernetes/cluster-target";
import { at, list, problemsOf, Rendered } from "./objects";

const NAMESPACE = "data-staging";
const OPENPANEL = {
  name: "openpanel",
  runtimeUser: "openpanel",
  migratorUser: "openpanel_migrator",
  secret: { name: "clickhouse-openpanel", path: "staging/openpanel" },
};
const BASE: Omit<ClickhouseInstallationProps, "target"> = {
  namespace: NAMESPACE,
  name: "clickhouse",
  service: "clickhouse",
  size: { storage: "50Gi", cpu: "1", memory: "4Gi" },
  protection: "retain",
  databases: [OPENPANEL],
};

const build =
  (props: Partial<ClickhouseInstallationProps> = {}) =>
  (scope: Construct, target: ClusterTarget) => {
    new ClickhouseInstallation(scope, "clickhouse", { ...BASE, ...props, target });
  };
const rendered = (props: Partial<ClickhouseInstallationProps> = {}) => new Rendered(build(props), [NAMESPACE]);
const installation = (props: Partial<ClickhouseInstallationProps> = {}) =>
  rendered(props).object("clickhouse", "ClickHouseInstallation");
const setting = (path: string) => Object(at(installation(), "spec.configuration.users"))[path];

test("consumers find the server behind the service of seed 000, over HTTP and the native protocol", () => {
  const [service] = list(installation(), "spec.templates.serviceTemplates");
  expect(service?.generateName).toBe("clickhouse");
  expect(list(service, "spec.ports").map((port) => port.port)).toEqual([8123, 9000]);
  expect(at(installation(), "spec.defaults.templates.serviceTemplate")).toBe(service?.name);
});

test("a retained installation keeps its object and its volumes, a disposable one neither", () => {
  const reclaim = (props: Partial<ClickhouseInstallationProps>) =>
    at(installation(props), "spec.templates.volumeClaimTemplates.0.reclaimPolicy");
  expect(at(installation(), "metadata.annotations")).toEqual({ "helm.sh/resource-policy": "keep" });
  expect(reclaim({})).toBe("Retain");
  expect(at(installation({ protection: "delete" }), "metadata.annotations")).toEqual({});
  expect(reclaim({ protection: "delete" })).toBe("Delete");
});

test("every grant ends at the application's database, but for progress in system tables", () => {
  for (const user of ["openpanel", "openpanel_migrator"]) {
    for (const grant of setting(`${user}/grants/query`)) expect(grant).toMatch(/ ON (openpanel\.\*|system\.[a-z]+)$/);
  }
});

test("the running application can't change the schema", () => {
  expect(setting("openpanel/grants/query").join()).not.toMatch(/CREATE|DROP|TRUNCATE|ALTER(?! (UPDATE|DELETE))/);
});

test("the migrator can't drop the database", () => {
  expect(setting("openpanel_migrator/grants/query").join()).not.toMatch(/DROP DATABASE|\bALL\b/);
});

test("users log in from the pods' addresses only, and the default user from its own pod only", () => {
  expect(setting("openpanel/networks/ip")).toEqual(["10.244.0.0/16"]);
  expect(setting("openpanel_migrator/networks/ip")).toEqual(["10.244.0.0/16"]);
  expect(setting("default/networks/ip")).toEqual(["127.0.0.1", "::1"]);
});

test("the server knows hashes of passwords, from a secret", () => {
  expect(setting("openpanel/password_sha256_hex")).toEqual({
    valueFrom: { secretKeyRef: { name: "clickhouse-openpanel", key: "runtime_password_sha256_hex" } },
  });
  expect(JSON.stringify(clickhouseSecrets([OPENPANEL]))).toContain("{{ .clickhouse_password | sha256sum }}");
});

test("the server runs as its own user, without rights", () => {
  const pod = at(installation(), "spec.templates.podTemplates.0.spec");
  expect(at(pod, "securityContext")).toMatchObject({ runAsNonRoot: true, runAsUser: 101, fsGroup: 101 });
  expect(at(pod, "containers.0.securityContext")).toMatchObject({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  });
});

test("the readiness Job makes the database as the migrator and logs in to it as the application", () => {
  const job = rendered().object("clickhouse-ready", "Job");
  const script = String(at(job, "spec.template.spec.containers.0.command.2"));
  expect(script).toMatch(/\$MIGRATOR_USER.*CREATE DATABASE IF NOT EXISTS openpanel/);
  expect(script).toMatch(/\$RUNTIME_USER.*SELECT 1.*database=openpanel/);
  expect(list(job, "spec.template.spec.containers.0.env")).toContainEqual({
    name: "CLICKHOUSE_HTTP",
    value: "http://clickhouse.data-staging.svc.cluster.local:8123/",
  });
});

test("a name of the server's own is refused", () => {
  expect(problemsOf(build({ databases: [{ ...OPENPANEL, name: "system" }] }), [NAMESPACE])).toEqual([
    expect.stringContaining("ClickHouse name is not allowed here"),
  ]);
});

test("one user for both roles is refused", () => {
  expect(problemsOf(build({ databases: [{ ...OPENPANEL, migratorUser: "openpanel" }] }), [NAMESPACE])).toEqual([
    expect.stringContaining("two databases or users of one installation share a name"),
  ]);
});

test("only the named consumers and the operator reach the store", () => {
  expect(clickhouseTraffic({ consumers: ["openpanel-staging"] })).toEqual([
    { from: "namespace", namespace: "clickhouse-operator", ports: [8123, 9000] },
    { from: "namespace", namespace: "openpanel-staging", ports: [8123, 9000] },
    { within: "namespace" },
  ]);
});
