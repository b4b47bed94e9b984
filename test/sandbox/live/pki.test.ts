import { createPrivateKey, X509Certificate } from "node:crypto";
import { Authority } from "../../../sandbox/live/pki";

test("an authority signs certificates for hosts and addresses, and still does after it was kept as PEM", async () => {
  const made = await Authority.create("sandbox");
  const kept = await Authority.load(made.issued);
  for (const authority of [made, kept]) {
    const issued = await authority.issue({ subject: "CN=kube-apiserver", hosts: ["kubernetes.default", "127.0.0.1"] });
    const certificate = new X509Certificate(issued.certificate);
    expect(certificate.checkIssued(new X509Certificate(made.certificate))).toBe(true);
    expect(certificate.verify(new X509Certificate(made.certificate).publicKey)).toBe(true);
    expect(certificate.checkHost("kubernetes.default")).toBe("kubernetes.default");
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.checkPrivateKey(createPrivateKey(issued.key))).toBe(true);
  }
});

test("a client certificate names a user and groups", async () => {
  const authority = await Authority.create("sandbox");
  const { certificate } = await authority.issue({ subject: "O=system:masters,CN=admin" });
  expect(new X509Certificate(certificate).subject).toBe("O=system:masters\nCN=admin");
});
