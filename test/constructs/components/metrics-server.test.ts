import { MetricsServer } from "../../../constructs/components/metrics-server";
import { compose } from "../../../constructs/core/component";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered } from "./helper";

const metricsServer: Build = (stack, base) => {
  new MetricsServer(stack, "metrics-server", { ...base, networkRange: "10.20.0.0/20" });
};

const values = (replicas: 1 | 3 = 1) => Rendered.of(metricsServer, { replicas }).values("metrics-server");

everyComponentKeepsTheRules(metricsServer, {
  release: "metrics-server",
  namespace: "metrics-server",
  chart: "metrics-server",
  version: "3.13.1",
});

test("it asks kubelets at their address in the private network, where certificates are their own", () => {
  expect(values()).toMatchObject({ args: ["--kubelet-insecure-tls"] });
  expect(at(values(), "defaultArgs")).toContain("--kubelet-preferred-address-types=InternalIP");
});

test("so it may ask nobody outside the cluster's network: what it shows there is its token", () => {
  const policies = Rendered.of(metricsServer).resources("kubernetes_network_policy_v1");
  const kubelets = policies.find((one) => at(one, "metadata.name") === "kubelets");
  expect(at(kubelets, "spec")).toMatchObject({
    policy_types: ["Egress"],
    egress: [{ to: [{ ip_block: { cidr: "10.20.0.0/20" } }], ports: [{ protocol: "TCP", port: "10250" }] }],
  });
  expect(policies.filter((one) => JSON.stringify(one).includes("ip_block"))).toHaveLength(1);
});

test("it starts when it may ask kubelets, because it is ready when one has answered", () => {
  const release = Rendered.of(metricsServer).release("metrics-server");
  expect(JSON.stringify(release.depends_on)).toContain("kubelets");
  expect(release).toMatchObject({ wait: true, atomic: true });
});

test("the API server verifies it: its certificate is one of the internal CA", () => {
  expect(values()).toMatchObject({
    tls: {
      type: "cert-manager",
      certManager: { existingIssuer: { enabled: true, kind: "ClusterIssuer", name: "internal-ca" } },
    },
    apiService: { create: true, insecureSkipTLSVerify: false },
  });
});

test("it runs as nobody who could become root or write to its root file system", () => {
  expect(values()).toMatchObject({ securityContext: RESTRICTED_CONTAINER, podSecurityContext: { runAsNonRoot: true } });
});

test("a highly available cluster has two of them, apart and with a disruption budget: each asks every node", () => {
  expect(values(3)).toMatchObject({ replicas: 2, podDisruptionBudget: { enabled: true, minAvailable: 1 } });
  expect(values(1)).toMatchObject({ replicas: 1, podDisruptionBudget: { enabled: false } });
});

test("it provides metrics, and needs an issuer for its certificate", () => {
  const { NAME: name, PROVIDES: provides, REQUIRES: requires } = MetricsServer;
  expect(provides).toEqual(["metrics"]);
  expect(compose([{ name, provides, requires, create: () => never() }]).findings[0]?.problem).toBe(
    "component metrics-server requires issuers, which no component of this cluster provides",
  );
});

function never(): never {
  throw new Error("created without its requirements");
}
