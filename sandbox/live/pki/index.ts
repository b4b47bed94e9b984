import { webcrypto } from "node:crypto";
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its private key, both PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is asked for. */
export interface CertificateRequest {
  /** Distinguished name, as in `CN=admin,O=system:masters`. */
  readonly subject: string;
  /** DNS names and IP addresses of a server. @default - none */
  readonly hosts?: readonly string[];
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { ...ALGORITHM, hash: "SHA-256" } as const;
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** A certificate authority of this sandbox: made once, kept by its owner as PEM, trusted by nothing else. */
export class Authority {
  private constructor(
    private readonly root: X509Certificate,
    private readonly keys: CryptoKey,
    /** Certificate and key of the authority itself. */
    readonly issued: Issued,
  ) {}

  /** Its certificate, PEM. */
  get certificate(): string {
    return this.issued.certificate;
  }

  /** Makes a new authority. */
  static async create(name: string): Promise<Authority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const root = await X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      ...validity(),
      keys,
      signingAlgorithm: SIGNING,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(
          KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature,
          true,
        ),
      ],
    });
    return new Authority(root, keys.privateKey, { certificate: text(root), key: await keyText(keys.privateKey) });
  }

  /** The authority that was kept as PEM. */
  static async load(issued: Issued): Promise<Authority> {
    const [raw] = PemConverter.decode(issued.key);
    if (raw === undefined) throw new Error("The key of the authority is not PEM.");
    const key = await webcrypto.subtle.importKey("pkcs8", raw, ALGORITHM, true, ["sign"]);
    return new Authority(new X509Certificate(issued.certificate), key, issued);
  }

  /** Signs a certificate with a key of its own, for servers and clients alike. */
  async issue({ subject, hosts = [] }: CertificateRequest): Promise<Issued> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const extensions: Extension[] = [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    ];
    if (hosts.length > 0) extensions.push(new SubjectAlternativeNameExtension(hosts.map(generalName)));
    const certificate = await X509CertificateGenerator.create({
      subject,
      issuer: this.root.subject,
      ...validity(),
      publicKey: keys.publicKey,
      signingKey: this.keys,
      signingAlgorithm: SIGNING,
      extensions,
    });
    return { certificate: text(certificate), key: await keyText(keys.privateKey) };
  }
}

function validity(): { notBefore: Date; notAfter: Date } {
  // A clock that is a little behind, as in a virtual machine that slept, must not refuse what was just made.
  return { notBefore: new Date(Date.now() - 3600 * 1000), notAfter: new Date(Date.now() + YEAR_MS) };
}

function generalName(host: string): JsonGeneralName {
  return { type: /^[\d.]+$|:/.test(host) ? "ip" : "dns", value: host };
}

function text(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function keyText(key: CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}
