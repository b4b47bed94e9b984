import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { createSecureContext, type SecureContext } from "node:tls";
import type { Authority } from "../pki";
import { type Claims, SigningKey } from "./signing-key";

export { issuersOf } from "./issuers";
export { type Claims, SigningKey } from "./signing-key";

export interface IdentityOptions {
  /** Signs the certificates of the issuers' hosts. */
  readonly authority: Authority;
  /** URLs of the issuers that it stands in for, as they are at the moment. */
  readonly issuers: () => readonly string[];
}

const DISCOVERY = "/.well-known/openid-configuration";
const KEYS = "/.well-known/jwks";

/**
 * Stands in for the identity provider and for the issuers of machines, of which no container runs: it says how an issuer
 * is asked (OpenID Connect Discovery) and with which key its tokens are signed. It has no users, no login and no session.
 */
export class IdentityStandIn {
  private readonly key = new SigningKey();
  private readonly contexts = new Map<string, Promise<SecureContext>>();

  private constructor(
    private readonly server: Server,
    private readonly options: IdentityOptions,
  ) {}

  static async start(options: IdentityOptions): Promise<IdentityStandIn> {
    const server = createServer({
      SNICallback: (host, done) => {
        standIn.context(host).then(
          (context) => done(null, context),
          (error: Error) => done(error),
        );
      },
    });
    const standIn = new IdentityStandIn(server, options);
    server.on("request", (request, response) => standIn.answer(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return standIn;
  }

  /** URL under which the host of an issuer is reached; undefined for any other host. */
  address(host: string): string | undefined {
    if (!this.hosts().includes(host)) return undefined;
    const address = this.server.address();
    return typeof address === "object" && address !== null ? `https://127.0.0.1:${address.port}` : undefined;
  }

  /** A token that one of the issuers signed. */
  token(claims: Claims): string {
    return this.key.token(claims);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private hosts(): readonly string[] {
    return this.options.issuers().map((issuer) => new URL(issuer).hostname);
  }

  private context(host: string): Promise<SecureContext> {
    const known = this.contexts.get(host);
    if (known !== undefined) return known;
    const made = this.options.authority
      // Another subject than the authority's: a certificate whose issuer has its own name passes for self-signed.
      .issue({ subject: "CN=identity,O=hosts of the sandbox", hosts: [host] })
      .then(({ certificate, key }) => createSecureContext({ cert: certificate, key }));
    this.contexts.set(host, made);
    return made;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const asked = `https://${request.headers.host}${request.url ?? ""}`;
    const issuer = this.options.issuers().find((each) => asked === `${each}${DISCOVERY}` || asked === `${each}${KEYS}`);
    const found = issuer !== undefined && request.method === "GET";
    const body = !found ? {} : asked.endsWith(KEYS) ? { keys: [this.key.published] } : discovery(issuer);
    response.writeHead(found ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}

/** @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
function discovery(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/login/oauth/authorize`,
    token_endpoint: `${issuer}/api/login/oauth/access_token`,
    jwks_uri: `${issuer}${KEYS}`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  };
}
