import { X509Certificate } from "node:crypto";
import { Cluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import { Pod as PodModel } from "kubernetes-models/v1/Pod";
import { decoded, SECRETS, SERVICES } from "../../../../../sandbox/live/controllers/api/core";
import { DISRUPTION_BUDGETS } from "../../../../../sandbox/live/controllers/api/workloads";
import { CLUSTERS } from "../../../../../sandbox/live/controllers/cloudnative-pg/objects";
import { PODS } from "../../../../../sandbox/live/controllers/pods/objects";
import { CLAIMS } from "../../../../../sandbox/live/controllers/volumes";
import { fresh } from "../support/fake-api";
import { restrictedFindings } from "../support/restricted";
import { eventually } from "../support/view";
import { BASE, NAMESPACE, OperatorBench } from "./support/bench";

let bench: OperatorBench;
beforeEach(() => {
  bench = new OperatorBench();
});
afterEach(() => bench.stop());

describe("a PostgreSQL cluster", () => {
  test("has a volume and a pod for each instance, and is healthy when all serve", async () => {
    bench.make();
    await eventually(() => expect(bench.names(PODS)).toEqual(["pg-1", "pg-2"]));
    expect(bench.names(CLAIMS)).toEqual(["pg-1", "pg-2"]);
    expect(bench.api.read(CLAIMS, "pg-1", "team")?.spec).toMatchObject({
      storageClassName: "vultr-block-storage",
      resources: { requests: { storage: "10Gi" } },
    });
    await eventually(() => expect(bench.status()).toMatchObject({ phase: "Setting up primary", readyInstances: 0 }));
    bench.serve("pg-1");
    await eventually(() =>
      expect(bench.status()).toMatchObject({ phase: "Waiting for the instances to become active" }),
    );
    bench.serve("pg-2");
    await eventually(() => expect(bench.status()).toMatchObject({ readyInstances: 2, currentPrimary: "pg-1" }));
    expect(bench.status()?.conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
  });

  test("has pods that Pod Security restricted admits, placed and sized as it says", async () => {
    bench.make({ walStorage: { size: "5Gi" } });
    await eventually(() => expect(bench.names(PODS)).toEqual(["pg-1", "pg-2"]));
    const pod = bench.api.read(PODS, "pg-1", "team");
    expect(pod && restrictedFindings(pod.spec)).toEqual([]);
    expect(pod?.spec).toMatchObject({ tolerations: BASE.affinity?.tolerations, serviceAccountName: "pg" });
    expect(pod?.spec.containers[0]).toMatchObject({ image: "postgresql:17", resources: BASE.resources });
    expect(pod?.spec.affinity?.podAntiAffinity).toMatchObject({
      preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: { topologyKey: "kubernetes.io/hostname" } }],
    });
    expect(() => new PodModel(fresh(pod)).validate()).not.toThrow();
    expect(bench.names(CLAIMS)).toEqual(["pg-1", "pg-1-wal", "pg-2", "pg-2-wal"]);
  });

  test("owns all that was made for it, so that it goes with it", async () => {
    const { uid } = bench.make({ bootstrap: { initdb: {} }, instances: 3 }).metadata;
    await bench.healthy();
    const { api } = bench;
    const made = [
      ...[...api.all(PODS), ...api.all(CLAIMS), ...api.all(SERVICES)],
      ...[...api.all(SECRETS), ...api.all(DISRUPTION_BUDGETS)],
    ];
    expect(made.length).toBeGreaterThan(10);
    expect(made.filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid !== uid)).toEqual([]);
  });

  test("is reached under the operator's names and those that it asks for", async () => {
    const additional = [{ selectorType: "rw" as const, serviceTemplate: { metadata: { name: "op-db" } } }];
    bench.make({ managed: { services: { additional, disabledDefaultServices: ["ro"] } } });
    await eventually(() => expect(bench.names(SERVICES)).toEqual(["op-db", "pg-r", "pg-rw"]));
    expect(bench.api.read(SERVICES, "op-db", "team")?.spec).toMatchObject({
      type: "ClusterIP",
      ports: [{ port: 5432 }],
      selector: { "cnpg.io/cluster": "pg", "cnpg.io/instanceRole": "primary" },
    });
    await eventually(() => expect(bench.names(SECRETS)).toContain("pg-server"));
    const server = decoded(bench.api.read(SECRETS, "pg-server", "team")?.data?.["tls.crt"] ?? "");
    expect(new X509Certificate(server).checkHost("op-db.team.svc.cluster.local")).toBeDefined();
    const ca = decoded(bench.api.read(SECRETS, "pg-ca", "team")?.data?.["ca.crt"] ?? "");
    expect(new X509Certificate(server).verify(new X509Certificate(ca).publicKey)).toBe(true);
  });

  test("gets a login of the operator's only where it names none", async () => {
    const secret = { name: "owner" };
    bench.api.put(SECRETS, {
      metadata: { ...secret, namespace: NAMESPACE },
      data: { username: "YQ==", password: "YQ==" },
    });
    bench.make({ bootstrap: { initdb: { database: "app", owner: "app", secret } } });
    await bench.healthy();
    expect(bench.names(SECRETS)).toEqual(["owner", "pg-ca", "pg-replication", "pg-server"]);
    bench.make({ bootstrap: undefined });
    await eventually(() => expect(bench.names(SECRETS)).toContain("pg-app"));
    expect(bench.api.read(SECRETS, "pg-app", "team")?.type).toBe("kubernetes.io/basic-auth");
  });

  test("waits for the secret of its first database", async () => {
    bench.make({ bootstrap: { initdb: { database: "app", owner: "app", secret: { name: "owner" } } } });
    await eventually(() => expect(bench.problems).toEqual(['PostgreSQL cluster team/pg: secret "owner" not found']));
    expect(bench.names(PODS)).toEqual([]);
    bench.api.put(SECRETS, { metadata: { name: "owner", namespace: NAMESPACE }, data: { password: "YQ==" } });
    await eventually(() => expect(bench.status()?.phaseReason).toBe('secret "owner" has no username and password'));
    bench.api.put(SECRETS, {
      metadata: { name: "owner", namespace: NAMESPACE },
      data: { username: "YQ==", password: "YQ==" },
    });
    await bench.healthy();
    expect(bench.problems).toEqual([]);
  });

  test("has a status that the real definition takes", async () => {
    bench.make({ managed: { roles: [{ name: "app" }] } });
    await bench.healthy();
    expect(() => new Cluster(fresh(bench.api.read(CLUSTERS, "pg", "team"))).validate()).not.toThrow();
  });
});
