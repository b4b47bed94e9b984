import { X509Certificate } from "node:crypto";
import { Certificate as CertificateModel } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { ClusterIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer";
import { decoded, SECRETS } from "../../../../sandbox/live/controllers/api/core";
import { certManager } from "../../../../sandbox/live/controllers/cert-manager";
import {
  CERTIFICATES,
  type Certificate,
  CLUSTER_ISSUERS,
  ISSUERS,
} from "../../../../sandbox/live/controllers/cert-manager/objects";
import { fresh } from "./support/fake-api";
import { Bench, eventually, settled } from "./support/view";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  bench.start(...certManager());
  for (const type of [ISSUERS, CLUSTER_ISSUERS, CERTIFICATES]) bench.define(type);
});
afterEach(() => bench.stop());

const DAY_MS = 24 * 3_600_000;

const issuer = (name: string, spec: object) => bench.api.put(CLUSTER_ISSUERS, { metadata: { name }, spec });
const certificate = (name: string, spec: Partial<Certificate["spec"]>, namespace = "team") =>
  bench.api.put(CERTIFICATES, {
    metadata: { name, namespace },
    spec: { secretName: name, issuerRef: { kind: "ClusterIssuer", name: "ca" }, ...spec },
  });
const ready = (name: string, namespace = "team") =>
  bench.api.read(CERTIFICATES, name, namespace)?.status?.conditions?.find(({ type }) => type === "Ready");
const pem = (name: string, key = "tls.crt", namespace = "team") =>
  decoded(bench.api.read(SECRETS, name, namespace)?.data?.[key] ?? "");

/** A self-signed issuer, the CA that it makes, and the issuer that signs with that. */
async function makeCa(spec: Partial<Certificate["spec"]> = {}): Promise<void> {
  issuer("self", { selfSigned: {} });
  issuer("ca", { ca: { secretName: "ca" } });
  const issuerRef = { kind: "ClusterIssuer", name: "self" };
  certificate("ca", { isCA: true, commonName: "ca", issuerRef, ...spec }, "cert-manager");
  await eventually(() => expect(ready("ca", "cert-manager")?.status).toBe("True"));
}

describe("issuers", () => {
  const verdict = (name: string) => bench.api.read(CLUSTER_ISSUERS, name)?.status?.conditions?.[0];

  test("that sign for themselves, or have an ACME account, are ready", async () => {
    issuer("self", { selfSigned: {} });
    issuer("acme", { acme: { server: "https://acme.example/directory", privateKeySecretRef: { name: "account" } } });
    await eventually(() => expect(verdict("self")).toMatchObject({ status: "True", reason: "IsReady" }));
    await eventually(() => expect(verdict("acme")).toMatchObject({ status: "True", reason: "ACMEAccountRegistered" }));
  });

  test("that are a CA wait for their secret", async () => {
    issuer("ca", { ca: { secretName: "ca" } });
    await eventually(() => expect(verdict("ca")).toMatchObject({ status: "False", reason: "ErrGetKeyPair" }));
    await eventually(() => expect(bench.problems).toEqual([expect.stringContaining("the secret cert-manager/ca")]));
    bench.api.put(SECRETS, {
      metadata: { name: "ca", namespace: "cert-manager" },
      data: { "tls.crt": "YQ==", "tls.key": "YQ==" },
    });
    await eventually(() => expect(verdict("ca")).toMatchObject({ status: "True", reason: "KeyPairVerified" }));
  });

  test("of kinds that are not played say so", async () => {
    issuer("vault", { vault: { server: "https://vault.example" } });
    await eventually(() => expect(verdict("vault")?.message).toContain("self-signed, CA and ACME issuers only"));
  });

  test("have a status that the real definition takes", async () => {
    issuer("acme", { acme: { server: "https://acme.example/d", privateKeySecretRef: { name: "a" }, email: "a@b.c" } });
    await eventually(() => expect(verdict("acme")?.status).toBe("True"));
    const object = bench.api.read(CLUSTER_ISSUERS, "acme");
    expect(() => new ClusterIssuer(fresh(object)).validate()).not.toThrow();
  });
});

describe("certificates", () => {
  test("of a CA are signed by it, for the names, time and uses that were asked for", async () => {
    await makeCa();
    const usages: Certificate["spec"]["usages"] = ["server auth", "client auth"];
    const dnsNames = ["web.team.svc", "*.web.team.svc"];
    certificate("web", { commonName: "web", dnsNames, ipAddresses: ["127.0.0.1"], usages, duration: "240h" });
    await eventually(() => expect(ready("web")).toMatchObject({ status: "True", reason: "Ready" }));
    const signed = new X509Certificate(pem("web"));
    expect(signed.verify(new X509Certificate(pem("ca", "tls.crt", "cert-manager")).publicKey)).toBe(true);
    expect(signed.subjectAltName).toBe("DNS:web.team.svc, DNS:*.web.team.svc, IP Address:127.0.0.1");
    expect(signed.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(Date.parse(signed.validTo) - Date.now()).toBeGreaterThan(9.9 * DAY_MS);
    expect(Date.parse(signed.validTo) - Date.now()).toBeLessThan(10.1 * DAY_MS);
    expect(pem("web", "ca.crt")).toBe(pem("ca", "tls.crt", "cert-manager"));
  });

  test("have a secret of the TLS type with the labels that were asked for, and no owner", async () => {
    await makeCa();
    certificate("web", { dnsNames: ["a.example.com"], secretTemplate: { labels: { app: "web" } } });
    await eventually(() => expect(ready("web")?.status).toBe("True"));
    expect(bench.api.read(SECRETS, "web", "team")).toMatchObject({
      type: "kubernetes.io/tls",
      metadata: { labels: { app: "web" }, annotations: { "cert-manager.io/certificate-name": "web" } },
    });
    expect(bench.api.read(SECRETS, "web", "team")?.metadata.ownerReferences).toBeUndefined();
  });

  test("are made once, however often they are looked at", async () => {
    await makeCa();
    certificate("web", { dnsNames: ["a.example.com"] });
    await eventually(() => expect(ready("web")?.status).toBe("True"));
    await settled(bench);
    const key = pem("web", "tls.key");
    bench.api.put(CERTIFICATES, {
      ...certificate("web", { dnsNames: ["a.example.com"] }),
      metadata: { name: "web", namespace: "team", labels: { touched: "yes" } },
    });
    await settled(bench);
    expect(pem("web", "tls.key")).toBe(key);
    expect(bench.api.read(CERTIFICATES, "web", "team")?.status?.revision).toBe(1);
  });

  test("are made anew for other names, with another key unless that is to stay", async () => {
    await makeCa();
    const rotationPolicy = "Never" as const;
    certificate("web", { dnsNames: ["a.example.com"] });
    certificate("kept", { dnsNames: ["a.example.com"], privateKey: { rotationPolicy } });
    await eventually(() => expect([ready("web")?.status, ready("kept")?.status]).toEqual(["True", "True"]));
    await settled(bench);
    const before = [pem("web", "tls.key"), pem("kept", "tls.key")];
    certificate("web", { dnsNames: ["b.example.com"] });
    certificate("kept", { dnsNames: ["b.example.com"], privateKey: { rotationPolicy } });
    const revisions = () => ["web", "kept"].map((name) => bench.api.read(CERTIFICATES, name, "team")?.status?.revision);
    await eventually(() => expect(revisions()).toEqual([2, 2]));
    expect(pem("web", "tls.key")).not.toBe(before[0]);
    expect(pem("kept", "tls.key")).toBe(before[1]);
    expect(new X509Certificate(pem("kept")).subjectAltName).toBe("DNS:b.example.com");
  });

  test("that would have to be renewed at once are made once all the same", async () => {
    // The program's own CA: ten years, renewed one year before.
    await makeCa({ duration: "87600h", renewBefore: "8760h" });
    await settled(bench);
    expect(bench.api.read(CERTIFICATES, "ca", "cert-manager")?.status?.revision).toBe(1);
  });

  test("are signed with RSA keys where those are asked for", async () => {
    await makeCa({ privateKey: { algorithm: "RSA" } });
    certificate("web", { dnsNames: ["a.example.com"] });
    await eventually(() => expect(ready("web")?.status).toBe("True"));
    const ca = new X509Certificate(pem("ca", "tls.crt", "cert-manager"));
    expect(ca.publicKey.asymmetricKeyType).toBe("rsa");
    expect(new X509Certificate(pem("web")).verify(ca.publicKey)).toBe(true);
  });

  test("of an ACME issuer come with their chain, and all have one authority that outlives the controllers", async () => {
    issuer("ca", { acme: { server: "https://acme.example/directory", privateKeySecretRef: { name: "account" } } });
    certificate("one", { dnsNames: ["a.example.com"] });
    certificate("two", { dnsNames: ["b.example.com"] });
    await eventually(() => expect([ready("one")?.status, ready("two")?.status]).toEqual(["True", "True"]));
    const [leaf, authority] = pem("one").split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(new X509Certificate(leaf ?? "").verify(new X509Certificate(authority ?? "").publicKey)).toBe(true);
    expect(pem("two")).toContain(authority);
    expect(pem("sandbox-acme-ca", "tls.crt", "cert-manager")).toBe(authority);
    expect(bench.api.read(SECRETS, "one", "team")?.data).not.toHaveProperty("ca.crt");
  });

  test("wait for their issuer, and say so", async () => {
    certificate("web", { dnsNames: ["a.example.com"] });
    await eventually(() => expect(ready("web")?.message).toBe("Issuing certificate: ClusterIssuer ca is not there"));
    issuer("ca", { ca: { secretName: "ca" } });
    await eventually(() => expect(ready("web")?.message).toBe("Issuing certificate: ClusterIssuer ca is not ready"));
    expect(bench.api.read(SECRETS, "web", "team")).toBeUndefined();
    await makeCa();
    await eventually(() => expect(ready("web")?.status).toBe("True"));
    expect(bench.problems).toEqual([]);
  });

  test("do not take the secret of another one", async () => {
    await makeCa();
    certificate("web", { dnsNames: ["a.example.com"] });
    await eventually(() => expect(ready("web")?.status).toBe("True"));
    certificate("thief", { secretName: "web", dnsNames: ["b.example.com"] });
    await eventually(() => expect(ready("thief")?.message).toContain("the secret web belongs to Certificate web"));
  });

  test("are made again when their secret is taken away", async () => {
    await makeCa();
    certificate("web", { dnsNames: ["a.example.com"] });
    await eventually(() => expect(ready("web")?.status).toBe("True"));
    await settled(bench);
    bench.api.take(SECRETS, "web", "team");
    await eventually(() => expect(pem("web")).toContain("BEGIN CERTIFICATE"));
  });

  test("have a status that the real definition takes", async () => {
    await makeCa();
    certificate("web", { dnsNames: ["a.example.com"] });
    await eventually(() => expect(ready("web")?.status).toBe("True"));
    const object = bench.api.read(CERTIFICATES, "web", "team");
    expect(() => new CertificateModel(fresh(object)).validate()).not.toThrow();
  });
});
