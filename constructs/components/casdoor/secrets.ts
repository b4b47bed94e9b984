import type { IdentityProvider } from "../../core/identity";
import { vaultNames } from "../../core/names";
import type { SecretDeclaration } from "../../core/secrets";
import { type DeliveredSecret, secretReader } from "../../kubernetes/secret-delivery";
import { appConf, type CasdoorSettings, initData } from "./config";
import { CASDOOR_NAMESPACE } from "./names";

/** Kubernetes secret with app.conf and the initial data. */
export const CONFIG = "casdoor-config";
/** Kubernetes secret with the database role's credentials. */
export const DATABASE = "casdoor-database";
/** Kubernetes secret with the password of the session store's only user. */
export const SESSION_PASSWORD = "sessions";
export const SESSION_USER = "default";

/** Role and database of the identity provider. */
export const DATABASE_NAME = "casdoor";

/** Client id of the application through which `strata identity sync` calls the API. */
export const SYNC_CLIENT = "strata-identity-sync";

export function casdoorPath(cluster: string): string {
  return vaultNames.component(cluster, "casdoor");
}

const password = { kind: "generated", rule: { alphabet: "url-safe", length: 40 } } as const;

/** What the identity provider needs to be secret. */
export function casdoorSecrets(cluster: string): SecretDeclaration[] {
  return [
    {
      path: casdoorPath(cluster),
      description: "Identity provider: administrator, API client, database and session store",
      keys: {
        admin_password: password,
        sync_client_id: { kind: "fixed", value: SYNC_CLIENT },
        sync_client_secret: password,
        postgres_user: { kind: "fixed", value: DATABASE_NAME },
        postgres_password: password,
        session_password: password,
        radius_secret: password,
      },
      readers: [secretReader(cluster, CASDOOR_NAMESPACE)],
    },
  ];
}

/**
 * An OAuth app of GitHub, which a person registers. `strata identity sync` alone carries it to the provider, so nothing in
 * a cluster may read it.
 *
 * @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/creating-an-oauth-app
 */
export function githubSecrets(cluster: string): SecretDeclaration {
  return {
    path: githubPath(cluster),
    description:
      "OAuth app of GitHub; its authorization callback URL is https://<host of the identity provider>/callback",
    keys: {
      client_id: { kind: "supplied", description: "client id of the GitHub OAuth app" },
      client_secret: { kind: "supplied", description: "client secret of the GitHub OAuth app" },
    },
    readers: [],
  };
}

function githubPath(cluster: string): string {
  return vaultNames.component(cluster, "casdoor-github");
}

/** The Kubernetes secrets of its namespace. Configuration and initial data hold secrets, so both are rendered here. */
export function casdoorDeliveries(cluster: string, settings: CasdoorSettings): DeliveredSecret[] {
  const path = casdoorPath(cluster);
  return [
    {
      name: CONFIG,
      path,
      template: { "app.conf": appConf(settings), "init_data.json": initData() },
    },
    {
      name: DATABASE,
      path,
      // The operator reads no other type.
      type: "kubernetes.io/basic-auth",
      template: { username: "{{ .postgres_user }}", password: "{{ .postgres_password }}" },
      labels: { "cnpg.io/reload": "true" },
    },
    { name: SESSION_PASSWORD, path, template: { [SESSION_USER]: "{{ .session_password }}" } },
  ];
}

/** The identity provider, as its clients declare it. */
export function casdoorProvider({
  cluster,
  host,
  organisation,
  domains,
  github,
}: CasdoorProviderProps): IdentityProvider {
  const path = casdoorPath(cluster);
  return {
    name: "main",
    engine: "casdoor",
    url: `https://${host}`,
    organisation: { name: organisation, displayName: organisation },
    domains,
    api: { path, clientId: "sync_client_id", clientSecret: "sync_client_secret" },
    signIn: {
      password: true,
      ...(github && {
        github: { path: githubPath(cluster), clientId: "client_id", clientSecret: "client_secret" },
      }),
    },
  };
}

export interface CasdoorProviderProps {
  /** Cluster that it runs on. */
  readonly cluster: string;
  readonly host: string;
  readonly organisation: string;
  readonly domains: readonly string[];
  /** Offer to sign in by GitHub. */
  readonly github: boolean;
}
