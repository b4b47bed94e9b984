import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate with its key, both PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /** Signs a certificate for a name, valid for the loopback address too unless `names` says otherwise. */
  issue(name: string, names?: readonly string[]): Certificate;
}

/** Makes a throw-away certificate authority. */
export function createAuthority(name: string): Authority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const self = makeCertificate(name, keys.publicKey, name, keys.privateKey, [basicConstraints]);
  return {
    certificate: self,
    key: pemKey(keys.privateKey),
    issue: (subject, names) => {
      const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const alternatives = names === undefined ? [loopback] : names.map(dnsName);
      const extension = subjectAlternativeNames(alternatives);
      const certificate = makeCertificate(subject, own.publicKey, name, keys.privateKey, [extension]);
      return { certificate, key: pemKey(own.privateKey) };
    },
  };
}

function pemKey(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function makeCertificate(
  subject: string,
  publicKey: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  extensions: readonly Buffer[],
): string {
  const spki = publicKey.export({ type: "spki", format: "der" });
  const serial = der(0x02, Buffer.from([1, ...sign("sha256", spki, issuerKey).subarray(-8)]));
  const validity = sequence(time("200101000000Z"), time("491231000000Z"));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    serial,
    ecdsaWithSha256,
    commonName(issuer),
    validity,
    commonName(subject),
    spki,
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, issuerKey)]));
  const text = sequence(body, ecdsaWithSha256, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${text.replaceAll(/(.{64})/g, "$1\n").trimEnd()}\n-----END CERTIFICATE-----\n`;
}

// ASN.1, as far as a certificate needs it.
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...items: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(items));
}

function time(text: string): Buffer {
  return der(0x17, Buffer.from(text, "ascii"));
}

function commonName(name: string): Buffer {
  const attribute = sequence(oid("550403"), der(0x0c, Buffer.from(name, "utf8")));
  return sequence(der(0x31, attribute));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function dnsName(name: string): Buffer {
  return der(0x82, Buffer.from(name, "ascii"));
}

function subjectAlternativeNames(names: readonly Buffer[]): Buffer {
  return sequence(oid("551d11"), der(0x04, sequence(...names)));
}

const loopback = der(0x87, Buffer.from([127, 0, 0, 1]));
const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const basicConstraints = sequence(
  oid("551d13"),
  der(0x01, Buffer.from([0xff])),
  der(0x04, sequence(der(0x01, Buffer.from([0xff])))),
);
