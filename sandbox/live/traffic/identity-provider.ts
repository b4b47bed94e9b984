import { createHash, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { groupClaimValue, type IdentityProvider as Provider } from "../../../constructs/core/identity";
import { SigningKey } from "../identity";
import type { IdentityClient } from "./identity-clients";
import { json, type Reply, redirect, sendReply } from "./reply";

/** Somebody who may log in. */
export interface Person {
  readonly name: string;
  readonly email: string;
  /** Groups as the program names them. */
  readonly groups: readonly string[];
}

export interface IdentityProviderOptions {
  /** The provider as it is declared. */
  readonly provider: Provider;
  readonly clients: readonly IdentityClient[];
  readonly people: readonly Person[];
}

interface Grant {
  readonly client: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
  readonly person: Person;
}

/** Paths of Casdoor. */
const AUTHORIZE = "/login/oauth/authorize";
const TOKEN = "/api/login/oauth/access_token";
const KEYS = "/.well-known/jwks";
/** Where the provider describes itself. */
export const DISCOVERY = "/.well-known/openid-configuration";
const LOGIN = "/login";

/**
 * A small identity provider: the authorization code flow with PKCE, a login by name, nothing else. Who a browser is
 * stands in a cookie of the provider's host.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
 */
export class IdentityProvider {
  private readonly key = new SigningKey();
  private readonly grants = new Map<string, Grant>();
  private readonly logins = new Map<string, Person>();
  /** Everything that it handed out in confidence: codes, tokens, its own sessions. */
  readonly handedOut: string[] = [];

  constructor(private readonly options: IdentityProviderOptions) {}

  /** Answers its own paths; false where it has none. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const url = new URL(request.url ?? "/", this.issuer);
    if (![DISCOVERY, KEYS, LOGIN, AUTHORIZE, TOKEN].includes(url.pathname)) return false;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => sendReply(response, this.reply(url, request.headers, Buffer.concat(chunks).toString())));
    return true;
  }

  private get issuer(): string {
    return this.options.provider.url;
  }

  private handOut(secret: string): string {
    this.handedOut.push(secret);
    return secret;
  }

  private reply(url: URL, headers: IncomingHttpHeaders, body: string): Reply {
    if (url.pathname === DISCOVERY) return json(200, this.discovery());
    if (url.pathname === KEYS) return json(200, { keys: [this.key.published] });
    if (url.pathname === LOGIN) return this.logIn(url.searchParams);
    if (url.pathname === AUTHORIZE) return this.authorize(url, headers);
    return this.redeem(headers, new URLSearchParams(body));
  }

  private logIn(asked: URLSearchParams): Reply {
    const person = this.options.people.find(({ name }) => name === asked.get("name"));
    if (person === undefined) return json(403, { error: "there is nobody of this name" });
    const session = this.handOut(randomUUID());
    this.logins.set(session, person);
    return redirect(asked.get("next") ?? "/", `provider=${session}; Path=/; Secure; HttpOnly`);
  }

  private authorize({ pathname, search, searchParams }: URL, headers: IncomingHttpHeaders): Reply {
    const asked = (name: string): string => searchParams.get(name) ?? "";
    const client = this.options.clients.find(({ id }) => id === asked("client_id"));
    if (client === undefined || !client.redirectUris.includes(asked("redirect_uri"))) {
      return json(400, { error: "unknown client or redirect address" });
    }
    const person = this.logins.get(/(?:^|; )provider=([^;]+)/.exec(headers.cookie ?? "")?.[1] ?? "");
    if (person === undefined) return redirect(`${LOGIN}?next=${encodeURIComponent(`${pathname}${search}`)}`);
    const code = this.handOut(randomUUID());
    const [redirectUri, challenge, nonce] = [asked("redirect_uri"), asked("code_challenge"), asked("nonce")];
    this.grants.set(code, { client: client.id, redirectUri, challenge, nonce, person });
    const back = new URL(redirectUri);
    back.searchParams.set("code", code);
    back.searchParams.set("state", asked("state"));
    return redirect(back.href);
  }

  private redeem(headers: IncomingHttpHeaders, body: URLSearchParams): Reply {
    const basic = Buffer.from(/^Basic (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "", "base64").toString();
    const [id, secret] = basic === "" ? [body.get("client_id"), body.get("client_secret")] : basic.split(":");
    const client = this.options.clients.find((each) => each.id === id && each.secret === secret);
    const code = body.get("code") ?? "";
    const grant = this.grants.get(code);
    this.grants.delete(code);
    const verifier = createHash("sha256")
      .update(body.get("code_verifier") ?? "")
      .digest("base64url");
    if (client === undefined) return json(401, { error: "invalid_client" });
    if (grant?.client !== id || grant?.challenge !== verifier || grant.redirectUri !== body.get("redirect_uri")) {
      return json(400, { error: "invalid_grant" });
    }
    return json(200, this.tokens(client, grant));
  }

  private tokens({ id, claims }: IdentityClient, { person, nonce }: Grant): object {
    const { name, email } = person;
    const said: Readonly<Record<string, unknown>> = {
      email,
      email_verified: true,
      preferred_username: name,
      groups: person.groups.map((group) => groupClaimValue(this.options.provider, group)),
    };
    const more = Object.fromEntries(Object.entries(said).filter(([claim]) => claims.includes(claim)));
    const idToken = this.key.token({ issuer: this.issuer, subject: name, audience: id, more: { ...more, nonce } });
    return {
      access_token: this.handOut(randomUUID()),
      refresh_token: this.handOut(randomUUID()),
      token_type: "Bearer",
      expires_in: 300,
      id_token: this.handOut(idToken),
    };
  }

  private discovery(): object {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}${AUTHORIZE}`,
      token_endpoint: `${issuer}${TOKEN}`,
      jwks_uri: `${issuer}${KEYS}`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
      code_challenge_methods_supported: ["S256"],
    };
  }
}
