import { createHmac } from "node:crypto";
import { type Claims, SigningKey } from "../../../../sandbox/live/identity";
import { inClaim, SSO } from "./organisation";
import type { People } from "./people";

/** Claims that would open every role. */
function everything(): Claims {
  const groups = ["operators", "pipelines", "staging-owners"].map(inClaim);
  return { issuer: SSO, subject: "x", audience: "vault", groups };
}

/** A token of the trusted key that says something else than it has to. */
export function foreign(people: People, more: Partial<Claims>): string {
  return people.signed({ ...everything(), ...more });
}

/** The right claims, signed by somebody who is nobody here. */
export function stranger(people: People): string {
  return people.kept(new SigningKey().token(everything()));
}

export function unsigned(people: People): string {
  return `${headed(people, { alg: "none", typ: "JWT" })}.`;
}

/** Signed as if the public key were a shared secret. */
export function signedWithPublicKey(people: People): string {
  const text = headed(people, { alg: "HS256", typ: "JWT" });
  return `${text}.${createHmac("sha256", "the published key").update(text).digest("base64url")}`;
}

function headed(people: People, header: object): string {
  const payload = foreign(people, {}).split(".")[1] ?? "";
  return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}`;
}
