import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import { Refusal } from "./types";

/** A throw-away certificate with its key, both PEM. It opens nothing: its only issuer is itself. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const ED25519 = Buffer.from("06032b6570", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");
const PKCS8_SEED = Buffer.from("302e020100300506032b657004220420", "hex");

/** A self-signed certificate that is the same for the same seed: Ed25519 keys and signatures need no randomness. */
export function selfSigned(seed: string, name: string): Certificate {
  const secret = createHash("sha256").update(seed).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_SEED, secret]), format: "der", type: "pkcs8" });
  const body = certificateBody(name, secret.subarray(0, 8), key);
  const signature = sign(null, body, key);
  const algorithm = der(0x30, ED25519);
  const certificate = der(0x30, body, algorithm, der(0x03, Buffer.of(0), signature));
  return { certificate: pem("CERTIFICATE", certificate), key: key.export({ format: "pem", type: "pkcs8" }).toString() };
}

/** Refuses a text that is no PEM certificate, as a provider does that gets base64 where it wants PEM. */
export function checkCertificate(field: string, text: string): void {
  try {
    new X509Certificate(text);
  } catch {
    throw new Refusal(
      "Invalid provider configuration",
      `${field} is not a PEM certificate: unable to load root certificates.`,
    );
  }
}

/** Refuses a text that is no PEM private key. */
export function checkKey(field: string, text: string): void {
  try {
    createPrivateKey(text);
  } catch {
    throw new Refusal(
      "Invalid provider configuration",
      `${field} is not a PEM key: tls: failed to find any PEM data in key input.`,
    );
  }
}

function certificateBody(name: string, serial: Buffer, key: KeyObject): Buffer {
  const algorithm = der(0x30, ED25519);
  const subject = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const validity = der(0x30, der(0x17, Buffer.from("260101000000Z")), der(0x17, Buffer.from("460101000000Z")));
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" });
  const version = der(0xa0, der(0x02, Buffer.of(2)));
  const number = der(0x02, Buffer.of(0x01), serial);
  return der(0x30, version, number, algorithm, subject, validity, subject, publicKey);
}

/** One element of the DER encoding: tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
