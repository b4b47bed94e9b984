import { execFileSync } from "node:child_process";
import path from "node:path";
import { BarmanCloud, ObjectStore } from "../../../constructs/components/barman-cloud";
import { CloudnativePg } from "../../../constructs/components/cloudnative-pg";
import { compose } from "../../../constructs/core/component";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered } from "./helper";

/** It lives in the namespace of the operator, which the operator makes. */
const create: Build = (stack, base) => {
  const operator = new CloudnativePg(stack, "cloudnative-pg", { ...base, values: {}, version: undefined });
  new BarmanCloud(stack, "barman-cloud", { ...base, dependsOn: operator.ready });
};

everyComponentKeepsTheRules(create, {
  release: "plugin-barman-cloud",
  namespace: "cnpg-system",
  chart: "plugin-barman-cloud",
  version: "0.7.0",
});

const values = (replicas: 1 | 3 = 1) => Rendered.of(create, { replicas }).values("plugin-barman-cloud");

test("the plugin stands where the operator looks for it", () => {
  const rendered = Rendered.of(create);
  expect(rendered.release("plugin-barman-cloud").namespace).toBe(rendered.release("cloudnative-pg").namespace);
});

test("it runs as nobody who could write, with bounded memory, and does not log every call", () => {
  expect(values()).toMatchObject({
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containerSecurityContext: RESTRICTED_CONTAINER,
    resources: { limits: { memory: "128Mi" } },
    additionalArgs: ["--log-level=info"],
  });
});

test("there is one pod whatever the replicas: only the leader listens", () => {
  expect(values(3).replicaCount).toBe(1);
});

test("the operator may call it, and nobody outside its namespace", () => {
  const policies = Rendered.of(create).resources("kubernetes_network_policy_v1");
  const own = policies.filter((policy) =>
    JSON.stringify(at(policy, "spec.pod_selector")).includes("plugin-barman-cloud"),
  );
  expect(own.map((policy) => at(policy, "spec.ingress"))).toEqual([
    [
      {
        from: [{ namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "cnpg-system" } } }],
        ports: [{ port: "9090", protocol: "TCP" }],
      },
    ],
  ]);
});

test("without certificates or the operator it is refused, naming what it lacks", () => {
  const { findings } = compose([
    {
      name: BarmanCloud.NAME,
      provides: BarmanCloud.PROVIDES,
      requires: BarmanCloud.REQUIRES,
      create: () => {
        throw new Error("created without its requirements");
      },
    },
  ]);
  expect(findings[0]?.problem).toContain("component barman-cloud requires certificates, postgresql-operator");
});

describe("the model of an object store", () => {
  const store = (spec: object) =>
    new ObjectStore({
      metadata: { name: "a" },
      spec: { configuration: { destinationPath: "s3://a/b" }, ...spec },
    });

  test("is current", () => {
    const script = path.join(__dirname, "../../../constructs/components/barman-cloud/generate.mjs");
    expect(() => execFileSync(process.execPath, [script, "--check"])).not.toThrow();
  });

  test("takes a retention in days", () => {
    expect(() => store({ retentionPolicy: "30d" }).validate()).not.toThrow();
    expect(() => store({ retentionPolicy: "30" }).validate()).toThrow();
  });

  test("refuses a field that the plugin does not know, and a compression that it lacks", () => {
    expect(() => store({ endpoint: "https://s3.example" }).validate()).toThrow();
    const configuration = { destinationPath: "s3://a/b", data: { compression: "zstd" } };
    expect(() => store({ configuration }).validate()).toThrow();
  });
});
