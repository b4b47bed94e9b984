import { CloudnativePg } from "../../../constructs/components/cloudnative-pg";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered } from "./helper";

const create: Build = (stack, base) => {
  new CloudnativePg(stack, "cloudnative-pg", base);
};

everyComponentKeepsTheRules(create, {
  release: "cloudnative-pg",
  namespace: "cnpg-system",
  chart: "cloudnative-pg",
  version: "0.29.0",
});

test("the operator serves every namespace, as nobody who could write", () => {
  expect(Rendered.of(create).values("cloudnative-pg")).toMatchObject({
    config: { clusterWide: true },
    podSecurityContext: { runAsNonRoot: true },
    containerSecurityContext: RESTRICTED_CONTAINER,
  });
});

test("it asks the instances of every namespace, and the API server calls its webhook", () => {
  const policy = Rendered.of(create).policy("cnpg-system");
  expect(at(policy, "spec.ingress")).toEqual([{ ports: [{ protocol: "TCP", port: "9443" }] }]);
  expect(JSON.stringify(at(policy, "spec.egress"))).toContain('[{"namespace_selector":{}}]');
});

test("three replicas are spread over the nodes", () => {
  expect(Rendered.of(create, { replicas: 3 }).values("cloudnative-pg")).toMatchObject({
    replicaCount: 3,
    topologySpreadConstraints: [{ topologyKey: "kubernetes.io/hostname" }],
  });
});
