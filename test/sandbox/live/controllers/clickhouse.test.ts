import { StatefulSet as StatefulSetModel } from "kubernetes-models/apps/v1/StatefulSet";
import { SERVICES } from "../../../../sandbox/live/controllers/api/core";
import { DISRUPTION_BUDGETS, STATEFUL_SETS } from "../../../../sandbox/live/controllers/api/workloads";
import { clickhouseInstallations } from "../../../../sandbox/live/controllers/clickhouse";
import { INSTALLATIONS, type Installation } from "../../../../sandbox/live/controllers/clickhouse/objects";
import { CLAIMS } from "../../../../sandbox/live/controllers/volumes";
import { fresh } from "./support/fake-api";
import { restrictedFindings } from "./support/restricted";
import { Bench, eventually, settled } from "./support/view";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  bench.start(clickhouseInstallations());
  bench.define(INSTALLATIONS);
});
afterEach(() => bench.stop());

const HOST = "chi-events-main-0-0";
const secretKeyRef = { name: "users", key: "hash" };
/** A variable of the template itself. */
const OWN = { name: "BACKUP_ACCESS_KEY", valueFrom: { secretKeyRef: { name: "backups", key: "access_key" } } };
const SERVER = { name: "clickhouse", image: "clickhouse:25", env: [OWN] };

function volume(storage: string, reclaimPolicy: "Delete" | "Retain") {
  const spec = { accessModes: ["ReadWriteOnce"], storageClassName: "block", resources: { requests: { storage } } };
  return { name: "data", reclaimPolicy, spec };
}

/** An installation as the program writes it: named templates for pod, volume and Service. */
function make(
  options: { name?: string; storage?: string; reclaim?: "Delete" | "Retain"; service?: string; pod?: string } = {},
) {
  const { name = "events", storage = "10Gi", reclaim = "Delete", service = "op-ch", pod = "server" } = options;
  const spec: Installation["spec"] = {
    defaults: { templates: { podTemplate: pod, dataVolumeClaimTemplate: "data", serviceTemplate: "service" } },
    configuration: {
      users: { "app/password_sha256_hex": { valueFrom: { secretKeyRef } }, "app/profile": "default" },
      clusters: [{ name: "main", layout: { shardsCount: 1, replicasCount: 1 } }],
    },
    templates: {
      podTemplates: [
        {
          name: "server",
          metadata: { labels: { part: "server" } },
          spec: {
            containers: [SERVER],
            tolerations: [{ key: "pool" }],
          } as { containers: { name: string; image: string }[] },
        },
      ],
      volumeClaimTemplates: [volume(storage, reclaim)],
      serviceTemplates: [{ name: "service", generateName: service, spec: { ports: [{ name: "http", port: 8123 }] } }],
    },
  };
  return bench.api.put(INSTALLATIONS, { metadata: { name, namespace: "team" }, spec });
}

const workload = () => bench.api.read(STATEFUL_SETS, HOST, "team");
const status = () => bench.api.read(INSTALLATIONS, "events", "team")?.status;
const made = async () => {
  await eventually(() => expect(workload()).toBeDefined());
  return workload()?.spec;
};

test("a host has a StatefulSet of its template, with what the operator adds", async () => {
  make();
  const spec = await made();
  expect(spec?.template.spec).toMatchObject({
    tolerations: [{ key: "pool" }],
    containers: [
      {
        image: "clickhouse:25",
        env: [OWN, { name: "CONFIGURATION_USERS_APP_PASSWORD_SHA256_HEX", valueFrom: { secretKeyRef } }],
        volumeMounts: [{ name: "data", mountPath: "/var/lib/clickhouse" }],
      },
    ],
  });
  expect(spec?.volumeClaimTemplates?.[0]?.spec).toMatchObject({ storageClassName: "block" });
  const set = { apiVersion: "apps/v1", kind: "StatefulSet", ...workload() };
  expect(() => new StatefulSetModel(fresh(set)).validate()).not.toThrow();
});

test("two generations of a store stand side by side, and a Service of somebody else's finds the pods of one", async () => {
  make({ name: "events", service: "events-1" });
  make({ name: "events-2", service: "events-2" });
  await eventually(() => expect(bench.api.all(STATEFUL_SETS)).toHaveLength(2));
  await eventually(() =>
    expect(
      bench.api
        .all(SERVICES)
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual([HOST, "chi-events-2-main-0-0", "events-1", "events-2"].sort()),
  );
  const labels = bench.api
    .all(STATEFUL_SETS)
    .map(({ spec }) => spec.template.metadata?.labels)
    .filter((each) => each?.["clickhouse.altinity.com/chi"] === "events-2");
  expect(labels).toEqual([expect.objectContaining({ "clickhouse.altinity.com/ready": "yes", part: "server" })]);
});

test("without a template of a pod it has one that Pod Security restricted admits", async () => {
  const { spec } = make();
  bench.api.put(INSTALLATIONS, {
    metadata: { name: "plain", namespace: "team" },
    spec: { configuration: spec.configuration },
  });
  await eventually(() => expect(bench.api.read(STATEFUL_SETS, "chi-plain-main-0-0", "team")).toBeDefined());
  const pod = bench.api.read(STATEFUL_SETS, "chi-plain-main-0-0", "team")?.spec.template.spec;
  expect(pod && restrictedFindings(pod)).toEqual([]);
  await eventually(() => expect(bench.api.read(SERVICES, "clickhouse-plain", "team")).toBeDefined());
});

test("its Service has the name of its template, and everything goes with the installation", async () => {
  const { uid } = make({ service: "ch-{chi}" }).metadata;
  await made();
  await eventually(() => expect(bench.api.all(DISRUPTION_BUDGETS)).toHaveLength(1));
  const services = bench.api.all(SERVICES);
  expect(services.map(({ metadata }) => metadata.name).sort()).toEqual(["ch-events", HOST]);
  for (const { metadata } of [...services, ...bench.api.all(STATEFUL_SETS), ...bench.api.all(DISRUPTION_BUDGETS)]) {
    expect(metadata.ownerReferences?.[0]?.uid).toBe(uid);
  }
});

test.each(["Delete", "Retain"] as const)("a volume with the reclaim policy %s is treated so", async (reclaim) => {
  make({ reclaim });
  expect((await made())?.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: reclaim, whenScaled: "Retain" });
});

test("it is completed when its servers are up, and only then", async () => {
  make();
  await eventually(() => expect(status()).toMatchObject({ status: "InProgress", hosts: 1, hostsCompleted: 0 }));
  const { generation } = { ...workload()?.metadata };
  const up = { observedGeneration: generation, readyReplicas: 1, updatedReplicas: 1 };
  bench.api.put(STATEFUL_SETS, { metadata: { name: HOST, namespace: "team" }, status: up });
  await eventually(() => expect(status()).toMatchObject({ status: "Completed", hostsCompleted: 1 }));
  expect(status()).toMatchObject({ endpoint: "op-ch.team.svc.cluster.local", pods: [`${HOST}-0`] });
  await settled(bench);
  const before = bench.api.changes.length;
  bench.api.put(INSTALLATIONS, { metadata: { name: "events", namespace: "team", labels: { touched: "yes" } } });
  await settled(bench);
  expect(bench.api.changes.slice(before)).toEqual([]);
});

test("its volumes grow, although templates of a StatefulSet can't be changed", async () => {
  make();
  await made();
  await settled(bench);
  bench.api.put(CLAIMS, {
    metadata: { name: `data-${HOST}-0`, namespace: "team" },
    spec: { resources: { requests: { storage: "10Gi" } } },
  });
  make({ storage: "20Gi" });
  await eventually(() =>
    expect(bench.api.read(CLAIMS, `data-${HOST}-0`, "team")?.spec.resources?.requests).toEqual({ storage: "20Gi" }),
  );
  expect(workload()?.spec.volumeClaimTemplates?.[0]?.spec?.resources?.requests).toEqual({ storage: "10Gi" });
});

test("a template that is not there, and a name that would have to be guessed, are told of", async () => {
  make({ pod: "missing" });
  const missing = "ClickHouse installation team/events: the installation names a pod template missing and has none";
  await eventually(() => expect(bench.problems).toEqual([missing]));
  make({ service: "ch-{cluster}" });
  await eventually(() => expect(bench.problems[0]).toContain("knows no macro but {chi}"));
});
