import type { IdentityProvider, OidcClient } from "../../core/identity";
import { slug, vaultNames } from "../../core/names";
import type { SecretDeclaration } from "../../core/secrets";
import { type DeliveredSecret, secretReader } from "../../kubernetes/secret-delivery";
import { gateClientId, gateNamespace } from "./names";

/** Kubernetes secret with the proxy's credentials, under the names that the chart reads. */
export const CREDENTIALS = "oauth2-proxy";
/** Kubernetes secret with the password of the session store. */
export const SESSION_PASSWORD = "sessions";
/** Its key. It is also the name of the store's only user. */
export const SESSION_USER = "default";

function path(cluster: string, gate: string): string {
  return vaultNames.component(cluster, `gate-${slug(gate)}`);
}

/** What a gate needs to be secret. The identity provider gets the same client secret from the same path. */
export function gateSecrets(cluster: string, gate: string): SecretDeclaration[] {
  return [
    {
      path: path(cluster, gate),
      description: `Portal Gate ${gate} of cluster ${cluster}`,
      keys: {
        client_id: { kind: "fixed", value: gateClientId(cluster, gate) },
        client_secret: { kind: "generated", rule: { alphabet: "url-safe", length: 40 } },
        // The proxy takes 16, 24 or 32 bytes, plain or in Base64: 32 of these characters are valid as either.
        cookie_secret: { kind: "generated", rule: { alphabet: "hex", length: 32 } },
        session_password: { kind: "generated", rule: { alphabet: "url-safe", length: 40 } },
      },
      readers: [secretReader(cluster, gateNamespace(gate))],
    },
  ];
}

/** The Kubernetes secrets of a gate's namespace. */
export function gateDeliveries(cluster: string, gate: string): DeliveredSecret[] {
  return [
    {
      name: CREDENTIALS,
      path: path(cluster, gate),
      template: {
        "client-id": "{{ .client_id }}",
        "client-secret": "{{ .client_secret }}",
        "cookie-secret": "{{ .cookie_secret }}",
      },
    },
    {
      name: SESSION_PASSWORD,
      path: path(cluster, gate),
      template: { [SESSION_USER]: "{{ .session_password }}" },
    },
  ];
}

/** A gate as a client of the identity provider. */
export function gateClient({ identity: provider, cluster, gate, groups, environment }: GateClientProps): OidcClient {
  return {
    protocol: "oidc",
    provider,
    name: gateClientId(cluster, gate),
    displayName: "Portal",
    environment,
    // Each host that it guards adds its own.
    redirectUris: [],
    sharedRedirects: true,
    groups,
    // Nothing more: the gate tells applications who somebody is by his address.
    claims: ["email", "preferred_username", "groups"],
    secret: { path: path(cluster, gate), key: "client_secret" },
  };
}

export interface GateClientProps {
  readonly identity: IdentityProvider;
  readonly cluster: string;
  readonly gate: string;
  readonly groups: readonly string[];
  /** Environment whose own cluster this is. @default - a cluster of the platform */
  readonly environment?: string;
}
