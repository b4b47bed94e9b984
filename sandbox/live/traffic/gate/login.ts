import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import { z } from "zod";
import type { Answer, Request } from "../client";
import type { GateSettings } from "./settings";

/** How the proxy reaches the identity provider: over its public host, as in a cluster. */
export type Reach = (request: Request) => Promise<Answer>;

export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/** Who logged in. */
export interface Session {
  readonly user: string;
  readonly email: string;
  readonly groups: readonly string[];
}

/** A login that was begun: what its callback must know. */
export interface Started {
  readonly location: string;
  readonly state: string;
  readonly verifier: string;
  readonly nonce: string;
}

const discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
});
const tokens = z.object({ id_token: z.string() });
const keys = z.object({ keys: z.array(z.record(z.string(), z.string())) });

/** The proxy's side of the authorization code flow. */
export class Login {
  private known: Promise<z.infer<typeof discovery>> | undefined;

  constructor(
    private readonly settings: GateSettings,
    private readonly credentials: ClientCredentials,
    private readonly reach: Reach,
  ) {}

  async start(): Promise<Started> {
    const { authorization_endpoint: endpoint } = await this.discover();
    const [state, nonce, verifier] = [random(), random(), random()];
    const location = new URL(endpoint);
    const asked = {
      client_id: this.credentials.id,
      redirect_uri: this.settings.redirect_url,
      response_type: "code",
      scope: this.settings.scope,
      state,
      nonce,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(asked)) location.searchParams.set(name, value);
    return { location: location.href, state, verifier, nonce };
  }

  /** The session of a code; undefined when the provider does not stand by it. */
  async redeem(code: string, { verifier, nonce }: Started): Promise<Session | undefined> {
    const { issuer, token_endpoint: endpoint, jwks_uri: keysAt } = await this.discover();
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: this.settings.redirect_url,
      client_id: this.credentials.id,
      client_secret: this.credentials.secret,
      code_verifier: verifier,
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await this.ask(endpoint, { method: "POST", headers, body: body.toString() });
    if (answer.status !== 200) return undefined;
    const { id_token: token } = tokens.parse(JSON.parse(answer.body));
    const published = keys.parse(JSON.parse((await this.ask(keysAt)).body));
    const claims = claimsOf(token, published.keys, this.settings.oidc_groups_claim);
    const { iss, aud, nonce: echoed } = claims ?? {};
    const good = iss === issuer && issuer === this.settings.oidc_issuer_url && aud === this.credentials.id;
    if (claims === undefined || !good || echoed !== nonce) return undefined;
    return { user: claims.sub, email: claims.email, groups: claims.groups };
  }

  /** Asked once, as the program does when it starts. */
  private discover() {
    this.known ??= this.ask(`${this.settings.oidc_issuer_url}/.well-known/openid-configuration`).then(({ body }) =>
      discovery.parse(JSON.parse(body)),
    );
    return this.known;
  }

  private ask(address: string, more: Partial<Request> = {}): Promise<Answer> {
    const { host, pathname, search } = new URL(address);
    return this.reach({ host, path: `${pathname}${search}`, ...more });
  }
}

function random(): string {
  return randomBytes(24).toString("base64url");
}

/** What a token says, when one of the keys signed it. */
function claimsOf(token: string, published: readonly Record<string, string>[], groupsClaim: string) {
  const [head = "", payload = "", signature = ""] = token.split(".");
  const signed = published.some((jwk) =>
    verify(
      "sha256",
      Buffer.from(`${head}.${payload}`),
      { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    ),
  );
  if (!signed) return undefined;
  const body: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
  const groups = z.object({ [groupsClaim]: z.array(z.string()).default([]) }).parse(body)[groupsClaim] ?? [];
  const text = z.object({ iss: z.string(), aud: z.string(), sub: z.string(), email: z.string(), nonce: z.string() });
  return { ...text.parse(body), groups };
}
