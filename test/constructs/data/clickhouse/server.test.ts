import { clickhouseTraffic } from "../../../../constructs/data/clickhouse";
import { at, list } from "../objects";
import { installation, type Props, problems, rendered } from "./support/rendered";

test("a server older than 25.10 is refused", () => {
  expect(problems({ image: "clickhouse/clickhouse-server:25.9.4.58" })).toEqual([
    expect.stringContaining("ClickHouse is older than the applications need"),
  ]);
});

test.each(["25.10.2.65", "25.10.2-alpine", "26.3.1.1"])("a server of version %s is new enough", (tag) => {
  expect(() => rendered({ image: `clickhouse/clickhouse-server:${tag}` }).release("clickhouse")).not.toThrow();
});

test("a retained installation keeps its object and its volumes, a disposable one neither", () => {
  const reclaim = (props: Props) => at(installation(props), "spec.templates.volumeClaimTemplates.0.reclaimPolicy");
  expect(at(installation(), "metadata.annotations")).toEqual({ "helm.sh/resource-policy": "keep" });
  expect(reclaim({})).toBe("Retain");
  expect(at(installation({ protection: "delete" }), "metadata.annotations")).toEqual({});
  expect(reclaim({ protection: "delete" })).toBe("Delete");
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

test("only the named consumers and the operator reach the servers, and no other pod of the namespace", () => {
  const pods = at(installation(), "spec.templates.podTemplates.0.metadata.labels");
  expect(clickhouseTraffic({ consumers: ["openpanel-staging"] })).toEqual([
    { from: "namespace", namespace: "clickhouse-operator", ports: [8123, 9000], pods },
    { from: "namespace", namespace: "openpanel-staging", ports: [8123, 9000], pods },
    { within: "namespace" },
  ]);
});
