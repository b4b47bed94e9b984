import { ExternalSecrets } from "../../../constructs/components/external-secrets";
import { at, type Build, everyComponentKeepsTheRules, Rendered } from "./helper";

const create: Build = (stack, base) => {
  new ExternalSecrets(stack, "external-secrets", base);
};

everyComponentKeepsTheRules(create, {
  release: "external-secrets",
  namespace: "external-secrets",
  chart: "external-secrets",
  version: "2.9.0",
});

test("nothing acts on the whole cluster: stores are of a namespace, and nothing is pushed", () => {
  expect(Rendered.of(create).values("external-secrets")).toMatchObject({
    processClusterStore: false,
    processClusterExternalSecret: false,
    processPushSecret: false,
  });
});

test("its CRDs stay when it goes, and with them every secret", () => {
  expect(at(Rendered.of(create).values("external-secrets"), "crds.annotations")).toEqual({
    "helm.sh/resource-policy": "keep",
  });
});

test("several replicas elect a leader; a single one does not", () => {
  expect(Rendered.of(create, { replicas: 3 }).values("external-secrets")).toMatchObject({
    leaderElect: true,
    replicaCount: 3,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    webhook: { replicaCount: 3 },
  });
  expect(Rendered.of(create).values("external-secrets").leaderElect).toBe(false);
});

test("it reaches Vault and the API server, and the metadata service never", () => {
  const policy = JSON.stringify(Rendered.of(create).policy("external-secrets"));
  expect(policy).toContain('"port":"8200"');
  expect(policy).toContain('"169.254.0.0/16"');
});
