import type { ClientDeclaration, IdentityProvider } from "./model";

/** Claim that lists a person's groups, whatever the provider. */
export const GROUPS_CLAIM = "groups";

/** What a client has to know of its provider. It comes from the declaration, never from state. */
export interface ClientFacts {
  readonly clientId: string;
  /** As it stands in every token. */
  readonly issuer: string;
  /** The provider's description of itself: OpenID Connect discovery or SAML metadata. */
  readonly metadataUrl: string;
  readonly groupsClaim: string;
  /** The declared groups as they stand in the claim. */
  readonly groups: readonly string[];
}

/** What a client is told. */
export function clientFacts(client: ClientDeclaration): ClientFacts {
  const { provider, name, groups, protocol } = client;
  return {
    clientId: name,
    issuer: provider.url,
    metadataUrl:
      protocol === "oidc"
        ? `${provider.url}/.well-known/openid-configuration`
        : `${provider.url}/api/saml/metadata?application=admin/${name}`,
    groupsClaim: GROUPS_CLAIM,
    groups: groups.map((group) => groupClaimValue(provider, group)),
  };
}

/** A group as it stands in the groups claim: Casdoor puts the organisation in front of it. */
export function groupClaimValue({ organisation }: IdentityProvider, group: string): string {
  return `${organisation.name}/${group}`;
}
