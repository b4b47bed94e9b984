import { X509Certificate } from "node:crypto";
import { custom, definition } from "../manifests";
import { at, becomes } from "../objects";
import { CERTIFICATES, collectionOf } from "./places";
import type { World } from "./world";

const INTERNAL_ISSUER = "internal-ca";
const clusterIssuers = `/apis/${CERTIFICATES}/clusterissuers`;
const certificates = collectionOf(CERTIFICATES, "certificates");

/** Issuers and certificates; leaves a secret `internal-tls` in `data-staging`. */
export function certManagerTests(world: World): void {
  describe("cert-manager", () => {
    test("issuers become ready: an ACME one at once, a CA when it has its secret, and that CA is made too", async () => {
      await world.define(
        definition(CERTIFICATES, "ClusterIssuer", "clusterissuers", "Cluster"),
        definition(CERTIFICATES, "Issuer", "issuers"),
        definition(CERTIFICATES, "Certificate", "certificates"),
      );
      const acme = { server: "https://acme.example/directory", privateKeySecretRef: { name: "account" } };
      await world.objects.make(clusterIssuers, custom(CERTIFICATES, "ClusterIssuer", "letsencrypt", { acme }));
      const ca = { secretName: INTERNAL_ISSUER };
      await world.objects.make(clusterIssuers, custom(CERTIFICATES, "ClusterIssuer", INTERNAL_ISSUER, { ca }));
      await becomes(
        () => world.objects.condition(`${clusterIssuers}/${INTERNAL_ISSUER}`),
        expect.stringMatching(/^False ErrGetKeyPair: .*cert-manager\/internal-ca/),
      );
      await world.objects.make(clusterIssuers, custom(CERTIFICATES, "ClusterIssuer", "root", { selfSigned: {} }));
      await world.objects.make(
        collectionOf(CERTIFICATES, "certificates", "cert-manager"),
        custom(CERTIFICATES, "Certificate", INTERNAL_ISSUER, {
          isCA: true,
          commonName: INTERNAL_ISSUER,
          secretName: INTERNAL_ISSUER,
          duration: "87600h",
          renewBefore: "8760h",
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
          issuerRef: { kind: "ClusterIssuer", name: "root" },
        }),
      );
      for (const name of ["letsencrypt", "root", INTERNAL_ISSUER]) {
        await becomes(() => world.objects.condition(`${clusterIssuers}/${name}`), expect.stringMatching(/^True/));
      }
      const pair = await world.objects.secret("cert-manager", INTERNAL_ISSUER);
      expect(new X509Certificate(pair?.["tls.crt"] ?? "").ca).toBe(true);
    });

    test("a certificate of the internal CA has its names, and its CA beside it", async () => {
      await world.objects.make(
        certificates,
        custom(CERTIFICATES, "Certificate", "internal", {
          secretName: "internal-tls",
          commonName: "server",
          dnsNames: ["server.data-staging.svc"],
          ipAddresses: ["127.0.0.1"],
          usages: ["digital signature", "server auth"],
          duration: "2160h",
          renewBefore: "720h",
          issuerRef: { kind: "ClusterIssuer", name: INTERNAL_ISSUER },
        }),
      );
      const path = `${certificates}/internal`;
      await becomes(() => world.objects.condition(path), "True Ready: Certificate is up to date and has not expired");
      const secret = await world.objects.secret("data-staging", "internal-tls");
      const ca = await world.objects.secret("cert-manager", INTERNAL_ISSUER);
      const certificate = new X509Certificate(secret?.["tls.crt"] ?? "");
      expect(secret?.["ca.crt"]).toBe(ca?.["tls.crt"]);
      expect(certificate.verify(new X509Certificate(secret?.["ca.crt"] ?? "").publicKey)).toBe(true);
      expect(certificate.checkHost("server.data-staging.svc")).toBe("server.data-staging.svc");
      expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
      const status = await world.objects.value(path, "status");
      const time = (field: string): number => Date.parse(String(at(status, field)));
      expect(time("notAfter") - time("renewalTime")).toBe(720 * 3_600_000);
      expect(at(status, "revision")).toBe(1);
    });

    test("a certificate of an ACME issuer comes with its chain and without a CA, and another request makes another", async () => {
      const spec = { secretName: "host-tls", issuerRef: { kind: "ClusterIssuer", name: "letsencrypt" } };
      const path = `${certificates}/host`;
      await world.objects.make(
        certificates,
        custom(CERTIFICATES, "Certificate", "host", { ...spec, dnsNames: ["a.example.com"] }),
      );
      await becomes(() => world.objects.condition(path), expect.stringMatching(/^True/));
      const first = await world.objects.secret("data-staging", "host-tls");
      expect(Object.keys(first ?? {}).sort()).toEqual(["tls.crt", "tls.key"]);
      expect(first?.["tls.crt"]?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
      await world.objects.change(path, { spec: { dnsNames: ["b.example.com"] } });
      await becomes(() => world.objects.value(path, "status.revision"), 2);
      const second = await world.objects.secret("data-staging", "host-tls");
      expect(new X509Certificate(second?.["tls.crt"] ?? "").subjectAltName).toBe("DNS:b.example.com");
    });

    test("a certificate whose issuer is not there says so", async () => {
      const spec = { secretName: "none", dnsNames: ["c.example.com"], issuerRef: { name: "nobody" } };
      await world.objects.make(certificates, custom(CERTIFICATES, "Certificate", "none", spec));
      const path = `${certificates}/none`;
      await becomes(() => world.objects.condition(path), expect.stringContaining("Issuer nobody is not there"));
      expect(world.playground.failures).toEqual(["Certificate data-staging/none: Issuer nobody is not there"]);
      await world.objects.remove(path);
      await becomes(async () => world.playground.failures, []);
    });
  });
}
