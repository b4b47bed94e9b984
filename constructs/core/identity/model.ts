/**
 * What is declared of an identity provider and of its clients: the same for every provider. How the fields become objects
 * of one of them is the affair of its engine (`cli/identity`); see docs/decisions/0008-identity-provider-contract.md.
 */

/** Software that serves as identity provider. Authentik and Keycloak can follow without a change to this contract. */
export const IDENTITY_ENGINES = ["casdoor"] as const;
export type IdentityEngineName = (typeof IDENTITY_ENGINES)[number];

/** An identity provider: a pure function of the configuration, so that whoever refers to it can state it. */
export interface IdentityProvider {
  /** Clients and messages name it so. */
  readonly name: string;
  readonly engine: IdentityEngineName;
  /** Public URL, as in `https://sso.example.com`. */
  readonly url: string;
  /** The organisation (Casdoor), realm (Keycloak) or brand (Authentik) that people and clients belong to: one of its own. */
  readonly organisation: { readonly name: string; readonly displayName: string };
  /** Domains of the organisation: whoever signs on is sent to a host in one of them and nowhere else. */
  readonly domains: readonly string[];
  /** Where the credentials stand with which the sync calls the API. */
  readonly api: ClientCredentials;
  readonly signIn: SignIn;
}

/** How people prove who they are: at least one way. */
export interface SignIn {
  /** A password that the provider itself keeps. */
  readonly password: boolean;
  /**
   * An OAuth app of GitHub. It opens accounts that exist, those with the same mail address, and makes none.
   * @default - not offered
   */
  readonly github?: ClientCredentials;
}

/** Names of two keys of one Vault path; never their values. */
export interface ClientCredentials {
  /** Below the KV mount. */
  readonly path: string;
  /** Key of the client id. */
  readonly clientId: string;
  /** Key of the client secret. */
  readonly clientSecret: string;
}

/** One key of a Vault path; never its value. */
export interface SecretKeyRef {
  /** Below the KV mount. */
  readonly path: string;
  readonly key: string;
}

interface ClientBase {
  readonly provider: IdentityProvider;
  /** Unique at its provider; with OpenID Connect it is the client id too. */
  readonly name: string;
  /** What people see on the sign-in page. */
  readonly displayName: string;
  /** Environment that it belongs to. @default - the platform itself */
  readonly environment?: string;
  /** Where people go who come from the provider's own pages; https. @default - nowhere */
  readonly homepage?: string;
  /**
   * Groups that the client tells apart. The sync makes those that are missing; who is in them is decided at the provider,
   * and what they may do is decided by the client: see {@link groupClaimValue}.
   */
  readonly groups: readonly string[];
  /** What a token or assertion says of a person. @default {@link DEFAULT_CLAIMS} */
  readonly claims?: readonly Claim[];
}

/** A client that speaks OpenID Connect, with a secret. */
export interface OidcClient extends ClientBase {
  readonly protocol: "oidc";
  /** Where the provider sends people with a code: whole https URLs, compared as they stand. */
  readonly redirectUris: readonly string[];
  /**
   * Others add redirect URIs of their own, each for its environment ({@link RedirectDeclaration}): a gate guards hosts that
   * it does not know. It may then have none itself. @default false
   */
  readonly sharedRedirects?: boolean;
  /** Where people may be sent after they signed out. @default - none */
  readonly postLogoutUris?: readonly string[];
  /** @default {@link DEFAULT_GRANTS} */
  readonly grantTypes?: readonly GrantType[];
  /** @default {@link DEFAULT_LIFETIME} */
  readonly lifetime?: TokenLifetime;
  /** Where its secret stands; a service account that runs the client reads the same key. */
  readonly secret: SecretKeyRef;
}

/**
 * A client that speaks SAML 2.0. The kind is reserved: it fixes what a declaration will look like, and synth refuses it,
 * because no engine makes such clients yet and no application of the catalogue speaks SAML.
 */
export interface SamlClient extends ClientBase {
  readonly protocol: "saml";
  /** Entity id of the service provider. */
  readonly entityId: string;
  /** Assertion consumer service; https. */
  readonly assertionConsumerUrl: string;
  /** Key that takes the identity provider's metadata, such as `saml_idp_metadata` of `<env>/openpanel`. */
  readonly metadata: SecretKeyRef;
}

export type ClientDeclaration = OidcClient | SamlClient;

/** Claims under the names of OpenID Connect, and `groups`. */
export const CLAIMS = ["name", "preferred_username", "email", "email_verified", "picture", "groups"] as const;
export type Claim = (typeof CLAIMS)[number];

/** Grants of a client that acts for a person. One that acts for itself needs no identity provider here. */
export const GRANT_TYPES = ["authorization_code", "refresh_token"] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

/** How long what the provider hands out is good for, in whole minutes. */
export interface TokenLifetime {
  /** Identity and access tokens. */
  readonly accessMinutes: number;
  /** Refresh tokens, and so the longest time without a new sign-in. */
  readonly refreshMinutes: number;
}

export const DEFAULT_CLAIMS: readonly Claim[] = ["name", "preferred_username", "email", "groups"];
export const DEFAULT_GRANTS: readonly GrantType[] = GRANT_TYPES;
export const DEFAULT_LIFETIME: TokenLifetime = { accessMinutes: 60, refreshMinutes: 12 * 60 };

/** Groups that something other than a client tells apart, such as the roles of Vault. */
export interface GroupDeclaration {
  readonly provider: IdentityProvider;
  readonly groups: readonly string[];
  /** Environment that needs them. @default - the platform itself */
  readonly environment?: string;
}

/** One more redirect URI of a client that others share, such as a host that a gate guards. */
export interface RedirectDeclaration {
  readonly provider: IdentityProvider;
  /** Name of the client; it has `sharedRedirects`. */
  readonly client: string;
  /** A whole https URL, compared as it stands. */
  readonly uri: string;
  /** Environment that the host belongs to. @default - the platform itself */
  readonly environment?: string;
}

/** A redirect URI as it is written beside the stacks. */
export interface WrittenRedirect {
  readonly provider: string;
  readonly client: string;
  readonly uri: string;
  readonly environment?: string;
  /** Construct that declared it. */
  readonly owner: string;
}

/** A group as it is written beside the stacks. */
export interface WrittenGroup {
  readonly provider: string;
  readonly name: string;
  readonly environment?: string;
}

/** A client as it is written beside the stacks: nothing is left to a default, and the provider is a name. */
export type WrittenClient =
  | (Omit<Required<OidcClient>, "provider" | "environment" | "homepage"> & Written)
  | (Omit<Required<SamlClient>, "provider" | "environment" | "homepage"> & Written);

interface Written {
  readonly provider: string;
  readonly environment?: string;
  readonly homepage?: string;
  /** Construct that declared it. */
  readonly owner: string;
}

/** An OpenID Connect client as it is written beside the stacks. */
export type WrittenOidcClient = Extract<WrittenClient, { protocol: "oidc" }>;
