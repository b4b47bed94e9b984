import { randomBytes } from "node:crypto";
import type { IdentityDocument, IdentityProvider } from "../../../constructs/core/identity";
import { Failure } from "../../run/failure";

/** A client of the provider, as `strata identity sync` would make it. */
export interface IdentityClient {
  readonly id: string;
  /** Of this run alone. */
  readonly secret: string;
  /** Addresses that people may be sent back to, the client's own and those that hosts added. */
  readonly redirectUris: readonly string[];
  /** What a token says of somebody. */
  readonly claims: readonly string[];
}

/** The provider of a program. */
export function declaredProvider({ providers }: IdentityDocument): IdentityProvider {
  const [provider, other] = providers;
  if (provider !== undefined && other === undefined) return provider;
  throw new Failure(`The program declares ${providers.length} identity providers; one can be played.`);
}

/** The clients that a program declares, each with a secret of this run. */
export function identityClients({ clients, redirects }: IdentityDocument): IdentityClient[] {
  return clients.flatMap((client): IdentityClient[] => {
    if (client.protocol !== "oidc") return [];
    const added = redirects.filter((each) => each.provider === client.provider && each.client === client.name);
    return [
      {
        id: client.name,
        secret: randomBytes(20).toString("base64url"),
        redirectUris: [...client.redirectUris, ...added.map(({ uri }) => uri)],
        claims: client.claims,
      },
    ];
  });
}
