import type { IdentityProvider, OidcClient } from "../../core/identity";
import { vaultNames } from "../../core/names";
import type { SecretDeclaration } from "../../core/secrets";

export interface VaultClientProps {
  readonly identity: IdentityProvider;
  /** Cluster that Vault runs on. */
  readonly cluster: string;
  /** Vault's public host. */
  readonly host: string;
  /** Groups of the platform as a whole; those of environments are declared with these. */
  readonly groups: readonly string[];
}

/**
 * Vault as a client of the identity provider: roles of people ask for tokens that were made for it (`aud` and `azp`). Its
 * redirect URI is that of Vault's own pages, which can log in so once Vault has the client's secret.
 *
 * @see https://developer.hashicorp.com/vault/docs/auth/jwt#redirect-uris
 */
export function vaultClient({ identity: provider, cluster, host, groups }: VaultClientProps): OidcClient {
  const origin = `https://${host}`;
  return {
    protocol: "oidc",
    provider,
    name: vaultNames.audience,
    displayName: "Vault",
    homepage: `${origin}/ui/`,
    redirectUris: [`${origin}/ui/vault/auth/${vaultNames.peopleMount}/oidc/callback`],
    groups,
    claims: ["preferred_username", "email", "groups"],
    // A login lasts as long as its role says; the token is for the moment in which it is handed over.
    lifetime: { accessMinutes: 15, refreshMinutes: 60 },
    secret: { path: path(cluster), key: "client_secret" },
  };
}

/** The client's secret: nothing in a cluster reads it. */
export function vaultClientSecret(cluster: string): SecretDeclaration {
  return {
    path: path(cluster),
    description: "Vault as a client of the identity provider",
    keys: { client_secret: { kind: "generated", rule: { alphabet: "url-safe", length: 40 } } },
    readers: [],
  };
}

function path(cluster: string): string {
  return vaultNames.component(cluster, "vault-sign-on");
}
