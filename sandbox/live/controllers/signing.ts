import { createPrivateKey, type KeyObject, webcrypto } from "node:crypto";
import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { Issued } from "../pki";

/** What is to be certified. */
export interface SigningRequest {
  readonly commonName?: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly isCa: boolean;
  readonly usages: readonly string[];
  readonly durationMs: number;
  readonly algorithm: KeyAlgorithm;
  /** Private key to keep, PEM. @default - a new one */
  readonly key?: string;
}

/** Kinds of keys that are made and understood here. */
export type KeyAlgorithm = keyof typeof ALGORITHMS;

const EC = { name: "ECDSA", hash: "SHA-256" } as const;
const ALGORITHMS = {
  "ECDSA-256": { ...EC, namedCurve: "P-256" },
  "ECDSA-384": { ...EC, namedCurve: "P-384" },
  RSA: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
} as const;

const HOUR_MS = 3_600_000;

/** Signs a certificate, by itself or by an authority. */
export async function sign(request: SigningRequest, authority?: Issued): Promise<Issued> {
  const key = request.key ?? (await newKey(request.algorithm));
  const keys = await load(key);
  const issuer = authority && {
    certificate: new X509Certificate(authority.certificate),
    keys: await load(authority.key),
  };
  const subject = new Name(request.commonName === undefined ? [] : [{ CN: [request.commonName] }]);
  const certificate = await X509CertificateGenerator.create({
    subject: subject.toJSON(),
    issuer: issuer?.certificate.subjectName.toJSON() ?? subject.toJSON(),
    // A clock that is a little behind must not refuse what was just made.
    notBefore: new Date(Date.now() - HOUR_MS),
    notAfter: new Date(Date.now() + request.durationMs),
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: issuer?.keys.algorithm ?? keys.algorithm,
    extensions: [
      ...extensions(request),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer?.certificate.publicKey ?? keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key };
}

function extensions({ isCa, usages, dnsNames, ipAddresses }: SigningRequest): Extension[] {
  const names: JsonGeneralName[] = [
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...ipAddresses.map((value) => ({ type: "ip" as const, value })),
  ];
  const extended = usages.flatMap((usage) => EXTENDED[usage] ?? []);
  return [
    new BasicConstraintsExtension(isCa, undefined, true),
    new KeyUsagesExtension(keyUsage(usages, isCa), true),
    ...(extended.length > 0 ? [new ExtendedKeyUsageExtension(extended)] : []),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
  ];
}

const EXTENDED: Readonly<Record<string, ExtendedKeyUsage>> = {
  "server auth": ExtendedKeyUsage.serverAuth,
  "client auth": ExtendedKeyUsage.clientAuth,
};

const USAGES: Readonly<Record<string, KeyUsageFlags>> = {
  signing: KeyUsageFlags.digitalSignature,
  "digital signature": KeyUsageFlags.digitalSignature,
  "key encipherment": KeyUsageFlags.keyEncipherment,
  "key agreement": KeyUsageFlags.keyAgreement,
  "cert sign": KeyUsageFlags.keyCertSign,
  "crl sign": KeyUsageFlags.cRLSign,
};

function keyUsage(usages: readonly string[], isCa: boolean): number {
  const ofCa = isCa ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : 0;
  return usages.reduce((flags, usage) => flags | (USAGES[usage] ?? 0), ofCa);
}

async function newKey(algorithm: KeyAlgorithm): Promise<string> {
  const { privateKey } = await webcrypto.subtle.generateKey(ALGORITHMS[algorithm], true, ["sign", "verify"]);
  return `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", privateKey), "PRIVATE KEY")}\n`;
}

/** Both halves of a private key, whatever way it is written. */
async function load(pem: string) {
  const key = createPrivateKey(pem);
  const algorithm = ALGORITHMS[algorithmOf(key)];
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  const privateKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]);
  const { d, p, q, dp, dq, qi, ...open } = await webcrypto.subtle.exportKey("jwk", privateKey);
  const jwk = { ...open, key_ops: ["verify"] };
  const publicKey = await webcrypto.subtle.importKey("jwk", jwk, algorithm, true, ["verify"]);
  return { privateKey, publicKey, algorithm };
}

function algorithmOf(key: KeyObject): KeyAlgorithm {
  if (key.asymmetricKeyType === "rsa") return "RSA";
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === "prime256v1") return "ECDSA-256";
  if (curve === "secp384r1") return "ECDSA-384";
  throw new Error(`keys of type ${key.asymmetricKeyType} ${curve ?? ""} are not known here`);
}
