import { generateKeyPairSync, sign } from "node:crypto";

/** Signs identity tokens of CI jobs, with a key that Vault is given and does not fetch. */
export class CiIssuer {
  private readonly pair = generateKeyPairSync("ec", { namedCurve: "P-256" });

  /** The public key. */
  get pem(): string {
    return this.pair.publicKey.export({ type: "spki", format: "pem" }).toString();
  }

  /** A token of a job for somebody. */
  token(audience: string): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const exp = Math.floor(Date.now() / 1000) + 300;
    const text = `${part({ alg: "ES256", typ: "JWT" })}.${part({ sub: "ci", aud: audience, iat: exp - 310, exp })}`;
    const key = { key: this.pair.privateKey, dsaEncoding: "ieee-p1363" } as const;
    return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
  }
}
