import { Vault, vaultServiceUrl } from "../../../constructs/components/vault";
import { isJsonObject } from "../../../constructs/core/json";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered } from "./helper";

const create: Build = (stack, base) => {
  new Vault(stack, "vault", base);
};

const values = (replicas: 1 | 3 = 1) => Rendered.of(create, { replicas }).values("vault");

everyComponentKeepsTheRules(create, { release: "vault", namespace: "vault", chart: "vault", version: "0.34.1" });

test("Vault speaks TLS under the name by which the cluster calls it", () => {
  expect(vaultServiceUrl()).toBe("https://vault.vault.svc.cluster.local:8200");
  const [certificate] = Rendered.of(create).manifests("vault-tls", "Certificate");
  expect(at(certificate, "spec.dnsNames")).toEqual(
    expect.arrayContaining(["vault.vault.svc.cluster.local", "*.vault-internal", "localhost"]),
  );
  expect(at(certificate, "spec.issuerRef")).toEqual({ kind: "ClusterIssuer", name: "internal-ca" });
  expect(at(values(), "global.tlsDisable")).toBe(false);
});

test("nothing skips the check of a certificate", () => {
  expect(JSON.stringify(values(3))).not.toMatch(/skip.?verify|tls_disable/i);
});

test("a sealed server is alive and not ready: restarting it would open nothing", () => {
  expect(at(values(), "server.livenessProbe.path")).toMatch(/sealedcode=204&uninitcode=204/);
  expect(at(values(), "server.readinessProbe.path")).not.toContain("sealedcode");
  expect(at(values(), "server.service.publishNotReadyAddresses")).toBe(false);
});

test("nobody waits for a server that its owner has to open", () => {
  expect(Rendered.of(create).release("vault")).toMatchObject({ wait: false, atomic: false });
});

test("three servers join each other, keep a quorum and stand on raft", () => {
  expect(at(values(3), "server.ha")).toMatchObject({
    enabled: true,
    replicas: 3,
    raft: { enabled: true, setNodeId: true },
    disruptionBudget: { enabled: true, maxUnavailable: 1 },
  });
  expect(String(at(values(3), "server.ha.raft.config")).match(/retry_join/g)).toHaveLength(3);
});

test("a single server stands on raft too and joins nobody", () => {
  expect(at(values(), "server.ha")).toMatchObject({ enabled: true, replicas: 1, disruptionBudget: { enabled: false } });
  expect(at(values(), "server.ha.raft.config")).not.toContain("retry_join");
});

test("the configuration has none of the words that the chart's start script replaces", () => {
  expect(at(values(3), "server.ha.raft.config")).not.toMatch(/HOSTNAME|HOST_IP|POD_IP|API_ADDR|TRANSIT_ADDR|RAFT_ADDR/);
});

test("no development mode, no injector, no CSI provider", () => {
  expect(values()).toMatchObject({ injector: { enabled: false }, csi: { enabled: false } });
  expect(at(values(), "server.dev")).toBeUndefined();
});

test("a renewed certificate is taken up without a restart, by a container of the same image", () => {
  const [reloader] = [at(values(), "server.extraContainers.0")].filter(isJsonObject);
  expect(reloader).toMatchObject({ image: "hashicorp/vault:2.0.4", securityContext: RESTRICTED_CONTAINER });
  expect(JSON.stringify(reloader)).toContain("kill -HUP");
  expect(values()).toMatchObject({ server: { image: { tag: "2.0.4" }, shareProcessNamespace: true } });
});

test("the server runs as nobody who could write, but to its volumes", () => {
  expect(at(values(), "server.statefulSet.securityContext")).toMatchObject({
    pod: { runAsNonRoot: true, runAsUser: 100 },
    container: RESTRICTED_CONTAINER,
  });
});

test("data and audit log stand on volumes that outlive their claims, when the cluster is retained", () => {
  const retained = Rendered.of(create, { protection: "retain" });
  for (const volume of ["dataStorage", "auditStorage"]) {
    expect(at(retained.values("vault"), `server.${volume}`)).toMatchObject({
      enabled: true,
      storageClass: "vultr-block-storage-retain",
    });
  }
  expect(at(retained.namespace("vault"), "lifecycle.prevent_destroy")).toBe(true);
});

test("only the gateway, secret delivery and the servers themselves reach it", () => {
  const ingress = JSON.stringify(at(Rendered.of(create).policy("vault"), "spec.ingress"));
  expect(ingress.match(/"kubernetes.io\/metadata.name":"[\w-]+"/g)).toEqual([
    '"kubernetes.io/metadata.name":"external-secrets"',
    '"kubernetes.io/metadata.name":"traefik"',
  ]);
});
