import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";

/** Who a token is for and what it says of him. */
export interface Claims {
  /** URL of who signs it. */
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** Groups that the person is in. @default - the claim is not there */
  readonly groups?: readonly string[];
  /** Any other claims. @default - none */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Seconds from now until it ends; a token that ended has fewer than none. @default 300 */
  readonly seconds?: number;
}

/** The key with which an identity provider signs, made anew for each run: nothing that it signs is good after it. */
export class SigningKey {
  private readonly pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  private readonly id: string;

  constructor() {
    this.pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.id = createHash("sha256")
      .update(this.pair.publicKey.export({ type: "spki", format: "der" }))
      .digest("hex")
      .slice(0, 16);
  }

  /** The public part, as a JWKS lists it. */
  get published(): object {
    return { ...this.pair.publicKey.export({ format: "jwk" }), kid: this.id, use: "sig", alg: "ES256" };
  }

  /** A signed token (a JWT). */
  token({ issuer, subject, audience, groups, more, seconds = 300 }: Claims): string {
    const now = Math.floor(Date.now() / 1000);
    // One that has ended began before that.
    const issued = Math.min(now, now + seconds - 300);
    const claims = { iss: issuer, sub: subject, aud: audience, azp: audience, ...(groups && { groups }), ...more };
    const payload = { ...claims, iat: issued, nbf: issued, exp: now + seconds, jti: randomUUID() };
    const text = [{ alg: "ES256", typ: "JWT", kid: this.id }, payload].map(encoded).join(".");
    const signature = sign("sha256", Buffer.from(text), { key: this.pair.privateKey, dsaEncoding: "ieee-p1363" });
    return `${text}.${signature.toString("base64url")}`;
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
