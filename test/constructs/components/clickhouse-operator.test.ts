import { execFileSync } from "node:child_process";
import path from "node:path";
import { ClickHouseInstallation, ClickhouseOperator } from "../../../constructs/components/clickhouse-operator";
import { compose } from "../../../constructs/core/component";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered } from "./helper";

const create: Build = (stack, base) => {
  new ClickhouseOperator(stack, "clickhouse-operator", base);
};

const values = () => Rendered.of(create).values("clickhouse-operator");

everyComponentKeepsTheRules(create, {
  release: "clickhouse-operator",
  namespace: "clickhouse-operator",
  chart: "altinity-clickhouse-operator",
  version: "0.27.1",
});

test("it watches the data namespaces: by default it would watch its own only", () => {
  expect(at(values(), "operator.env.0")).toEqual({ name: "WATCH_NAMESPACES", value: "^data-.*$" });
});

test("the chart's public password is not used: one is made up in the cluster, and the pod waits for it", () => {
  expect(at(values(), "secret.create")).toBe(false);
  const rendered = Rendered.of(create);
  expect(rendered.manifests("credentials", "Password")).toHaveLength(1);
  expect(at(rendered.manifests("credentials", "ExternalSecret")[0], "spec.refreshPolicy")).toBe("CreatedOnce");
  expect(at(values(), "operator.env.1.valueFrom.secretKeyRef.name")).toBe("clickhouse-operator");
});

test("the hook that applies the CRDs runs a pinned image, as nobody", () => {
  expect(at(values(), "crdHook")).toMatchObject({
    image: { repository: "docker.io/alpine/kubectl", tag: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
    containerSecurityContext: { ...RESTRICTED_CONTAINER, runAsNonRoot: true, runAsUser: 65534 },
  });
});

test("there is one operator whatever the replicas: it has no leader election", () => {
  expect(at(Rendered.of(create, { replicas: 3 }).values("clickhouse-operator"), "deployment.strategy")).toEqual({
    type: "Recreate",
  });
});

test("without secret delivery it is refused, naming what it lacks", () => {
  const { findings } = compose([
    {
      name: ClickhouseOperator.NAME,
      provides: ClickhouseOperator.PROVIDES,
      requires: ClickhouseOperator.REQUIRES,
      create: () => {
        throw new Error("created without its requirements");
      },
    },
  ]);
  expect(findings[0]?.problem).toContain("component clickhouse-operator requires secret-delivery");
});

describe("the model of an installation", () => {
  const SPEC = {
    configuration: { clusters: [{ name: "main", layout: { shardsCount: 1, replicasCount: 1 } }] },
  };
  const installation = (spec: object) => new ClickHouseInstallation({ metadata: { name: "a" }, spec: spec as never });

  test("is current", () => {
    const script = path.join(__dirname, "../../../constructs/components/clickhouse-operator/generate.mjs");
    expect(() => execFileSync(process.execPath, [script, "--check"])).not.toThrow();
  });

  test("takes users whose passwords come from a secret of the same namespace", () => {
    const secretKeyRef = { name: "clickhouse", key: "password" };
    const users = { "app/password_sha256_hex": { valueFrom: { secretKeyRef } }, "app/networks/ip": ["10.0.0.0/8"] };
    const { configuration } = SPEC;
    expect(() => installation({ configuration: { ...configuration, users } }).validate()).not.toThrow();
  });

  test("refuses a field that the operator does not know", () => {
    expect(() => installation({ ...SPEC, template: {} }).validate()).toThrow();
  });

  test("refuses a reclaim policy that is none", () => {
    const claim = { name: "data", reclaimPolicy: "Keep", spec: { accessModes: ["ReadWriteOnce"], resources: {} } };
    expect(() => installation({ ...SPEC, templates: { volumeClaimTemplates: [claim] } }).validate()).toThrow();
  });
});
