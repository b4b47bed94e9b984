import { CertManager, INTERNAL_ISSUER, LETSENCRYPT_ISSUER } from "../../../constructs/components/cert-manager";
import { declarations } from "../../../constructs/core/secrets";
import { clusterStack, testApp } from "../../helpers/program";
import { at, type Build, everyComponentKeepsTheRules, Rendered } from "./helper";

const create: Build = (stack, base) => {
  new CertManager(stack, "cert-manager", { ...base, email: "ops@acme.example", zones: ["acme.example"] });
};

everyComponentKeepsTheRules(create, {
  release: "cert-manager",
  namespace: "cert-manager",
  chart: "cert-manager",
  version: "v1.21.1",
});

test("CRDs come with the chart and stay when it goes", () => {
  expect(Rendered.of(create).values("cert-manager").crds).toEqual({ enabled: true, keep: true });
});

test("hosts are proven by DNS records, in the platform's zones only", () => {
  const [issuer] = Rendered.of(create)
    .manifests("issuers", "ClusterIssuer")
    .filter((one) => at(one, "metadata.name") === LETSENCRYPT_ISSUER);
  expect(at(issuer, "spec.acme.solvers")).toEqual([
    {
      selector: { dnsZones: ["acme.example"] },
      dns01: { cloudflare: { apiTokenSecretRef: { name: "cloudflare-dns", key: "api-token" } } },
    },
  ]);
});

test("the DNS token is a bootstrap secret: Vault's own host needs a certificate", () => {
  const { stack, target } = clusterStack(testApp());
  create(stack, { target, replicas: 1, protection: "delete" });
  expect(declarations(stack).bootstrap).toMatchObject([
    {
      cluster: "test",
      namespace: "cert-manager",
      name: "cloudflare-dns",
      keys: { "api-token": { environmentVariable: "CLOUDFLARE_DNS_API_TOKEN" } },
    },
  ]);
});

test("the internal CA keeps its key when it is renewed", () => {
  const [ca] = Rendered.of(create).manifests("issuers", "Certificate");
  expect(ca).toMatchObject({
    metadata: { name: INTERNAL_ISSUER },
    spec: { isCA: true, privateKey: { rotationPolicy: "Never" } },
  });
});

test("issuers come after the chart and wait for nothing outside", () => {
  expect(Rendered.of(create).release("issuers")).toMatchObject({
    wait: false,
    atomic: false,
    depends_on: expect.arrayContaining([expect.stringContaining("helm_release.cert-manager_chart")]),
  });
});

test("proofs are looked up over HTTPS, which is all that the namespace lets out", () => {
  expect(Rendered.of(create).values("cert-manager")).toMatchObject({
    dns01RecursiveNameserversOnly: true,
    dns01RecursiveNameservers: expect.stringMatching(/^https:/),
  });
});

test("three replicas have a disruption budget and are spread over the nodes", () => {
  const { webhook } = Rendered.of(create, { replicas: 3 }).values("cert-manager");
  expect(webhook).toMatchObject({
    replicaCount: 3,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: [{ topologyKey: "kubernetes.io/hostname" }],
  });
});

test("a single replica has no budget: it would forbid every drain of its node", () => {
  expect(Rendered.of(create).values("cert-manager").podDisruptionBudget).toEqual({ enabled: false });
});
