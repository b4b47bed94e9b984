import type { IdentityProvider, OidcClient } from "../../core/identity";
import { vaultNames } from "../../core/names";
import type { SecretDeclaration } from "../../core/secrets";
import { type DeliveredSecret, secretReader } from "../../kubernetes/secret-delivery";
import { GRAFANA_NAMESPACE, grafanaClientId } from "./names";
import type { GrafanaGroups } from "./roles";

/** Kubernetes secret with everything that Grafana needs to be secret. */
export const CREDENTIALS = "grafana-credentials";
/** Its keys. */
export const KEYS = {
  adminUser: "admin-user",
  adminPassword: "admin-password",
  clientSecret: "client-secret",
  secretKey: "secret-key",
} as const;

/** Login of the account that Grafana makes itself. Nobody can sign on with it: there is no form and no API for it. */
const ADMIN = "admin";

function path(cluster: string): string {
  return vaultNames.component(cluster, "grafana");
}

const generated = { kind: "generated", rule: { alphabet: "url-safe", length: 40 } } as const;

/** What Grafana needs to be secret. The identity provider gets the same client secret from the same path. */
export function grafanaSecrets(cluster: string): SecretDeclaration[] {
  return [
    {
      path: path(cluster),
      description: `Grafana of cluster ${cluster}: its client secret, the key of what it encrypts, the built-in account`,
      keys: {
        client_secret: generated,
        admin_password: generated,
        // It encrypts what Grafana stores of data sources: with another one these have to be entered again.
        secret_key: generated,
      },
      readers: [secretReader(cluster, GRAFANA_NAMESPACE)],
    },
  ];
}

/** The Kubernetes secret of its namespace. */
export function grafanaDeliveries(cluster: string): DeliveredSecret[] {
  return [
    {
      name: CREDENTIALS,
      path: path(cluster),
      template: {
        [KEYS.adminUser]: ADMIN,
        [KEYS.adminPassword]: "{{ .admin_password }}",
        [KEYS.clientSecret]: "{{ .client_secret }}",
        [KEYS.secretKey]: "{{ .secret_key }}",
      },
    },
  ];
}

/** Grafana as a client of the identity provider. */
export function grafanaClient({ provider, cluster, host, groups, environment }: GrafanaClientProps): OidcClient {
  return {
    protocol: "oidc",
    provider,
    name: grafanaClientId(cluster),
    displayName: "Grafana",
    ...(environment !== undefined && { environment }),
    homepage: `https://${host}`,
    redirectUris: [`https://${host}/login/generic_oauth`],
    groups: Object.keys(groups),
    secret: { path: path(cluster), key: "client_secret" },
  };
}

export interface GrafanaClientProps {
  readonly provider: IdentityProvider;
  readonly cluster: string;
  readonly host: string;
  readonly groups: GrafanaGroups;
  /** Environment whose own cluster this is. @default - a cluster of the platform */
  readonly environment?: string;
}
