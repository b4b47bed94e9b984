import { webcrypto } from "node:crypto";
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { ...ALGORITHM, hash: "SHA-256" } as const;
const DAY_MS = 24 * 3600 * 1000;

/** A certificate with its key, both PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs what a test asks for: also what no authority should. */
export class TestAuthority {
  private constructor(
    private readonly root: X509Certificate,
    private readonly key: CryptoKey,
  ) {}

  static async create(): Promise<TestAuthority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const root = await X509CertificateGenerator.createSelfSigned({
      name: "CN=Test authority",
      ...lasting(-1000, 1000),
      keys,
      signingAlgorithm: SIGNING,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    });
    return new TestAuthority(root, keys.privateKey);
  }

  /** Its own certificate, PEM. */
  get certificate(): string {
    return this.root.toString("pem");
  }

  /** A certificate for hosts, valid from and until some days from now. */
  async issue(hosts: readonly string[], fromDays = -30, untilDays = 60): Promise<ServerCertificate> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${hosts[0] ?? "nobody"}`,
      issuer: this.root.subject,
      ...lasting(fromDays, untilDays),
      publicKey: keys.publicKey,
      signingKey: this.key,
      signingAlgorithm: SIGNING,
      extensions: [new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: "dns" as const, value })))],
    });
    const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
    return { cert: certificate.toString("pem"), key };
  }
}

function lasting(from: number, until: number) {
  // An hour more, so that whole days are what was asked for while the test runs.
  const now = Date.now() + 3600 * 1000;
  return { notBefore: new Date(now + from * DAY_MS), notAfter: new Date(now + until * DAY_MS) };
}
