import { serviceHost } from "../../core/names";
import { urlPart } from "../../core/secret-template";
import type { SecretDeclaration, SecretKey } from "../../core/secrets";
import { CLICKHOUSE_PORTS } from "../../data/clickhouse";
import { POSTGRESQL_PORT } from "../../data/postgresql";
import { REDIS_PORT } from "../../data/redis";
import { type DeliveredSecret, secretReader } from "../../kubernetes/secret-delivery";
import { type AppPlacement, STORE_SERVICES } from "../app";
import { integrationsOf } from "./integrations";
import { DATABASE, paths, SECRETS, USERS } from "./names";
import type { OpenPanelSettings } from "./settings";

/** Characters of a generated password. URL-safe, because the values stand in connection URLs. */
const PASSWORD: SecretKey = { kind: "generated", rule: { alphabet: "url-safe", length: 32 } };

const SMTP_PASSWORD: SecretKey = { kind: "supplied", description: "Password of the mail server's account" };

/** With a key of its own, the links in old mails outlive a rotation of the sessions' key. */
const UNSUBSCRIBE_SECRET: SecretKey = { kind: "generated", rule: { alphabet: "url-safe", length: 64 } };

/**
 * Vault paths of one OpenPanel, with the key names of seed 000. The stores read the first one, because their operators
 * set the passwords from it; only the application reads the second.
 */
export function openpanelSecrets(placement: AppPlacement, settings: OpenPanelSettings): SecretDeclaration[] {
  const { stores, runtime } = paths(placement.environment);
  const app = secretReader(placement.cluster, placement.namespace);
  const data = secretReader(placement.cluster, placement.dataNamespace);
  return [
    {
      path: stores,
      description: "Where OpenPanel's stores are, and its credentials there",
      keys: { ...postgres(placement), ...redis(placement), ...clickhouse(placement), ...saml(placement) },
      readers: [data, app],
    },
    {
      path: runtime,
      description: "Keys with which OpenPanel signs sessions and encrypts what it stores",
      keys: {
        cookie_secret: { kind: "generated", rule: { alphabet: "url-safe", length: 64 } },
        encryption_key: {
          kind: "generated",
          rule: { alphabet: "hex", length: 64 },
          permanent: "stored two-factor and search-console data can be read with this key only",
        },
        ...Object.fromEntries(featureSecrets(settings).map(({ key, source }) => [key, source])),
      },
      readers: [app],
    },
  ];
}

/** Secrets of what is switched on; a client that two features share is there once. */
function featureSecrets(settings: OpenPanelSettings) {
  const { smtp, features } = settings;
  const integrated = integrationsOf(settings).flatMap(({ secrets }) => Object.entries(secrets));
  return [
    ...(smtp === undefined ? [] : [{ variable: "SMTP_PASS", key: "smtp_password", source: SMTP_PASSWORD }]),
    ...(features?.unsubscribe === true
      ? [{ variable: "UNSUBSCRIBE_SECRET", key: "unsubscribe_secret", source: UNSUBSCRIBE_SECRET }]
      : []),
    ...[...new Map(integrated)].map(([variable, secret]) => ({ variable, ...secret })),
  ];
}

function postgres(placement: AppPlacement): Record<string, SecretKey> {
  return {
    postgres_host: host(placement, "postgresql"),
    postgres_port: fixed(POSTGRESQL_PORT),
    postgres_user: fixed(USERS.owner),
    postgres_password: PASSWORD,
    postgres_database: fixed(DATABASE),
    ...(placement.poolerHost === undefined ? {} : { postgres_pooler_host: fixed(placement.poolerHost) }),
  };
}

function redis(placement: AppPlacement): Record<string, SecretKey> {
  return {
    redis_host: host(placement, "redis"),
    redis_port: fixed(REDIS_PORT),
    redis_user: fixed(USERS.owner),
    redis_password: PASSWORD,
  };
}

/** Seed 000 has the native port only; OpenPanel speaks HTTP. */
function clickhouse(placement: AppPlacement): Record<string, SecretKey> {
  return {
    clickhouse_host: host(placement, "clickhouse"),
    clickhouse_port: fixed(CLICKHOUSE_PORTS.native),
    clickhouse_http_port: fixed(CLICKHOUSE_PORTS.http),
    clickhouse_user: fixed(USERS.runtime),
    clickhouse_password: PASSWORD,
    clickhouse_migrator_user: fixed(USERS.migrator),
    clickhouse_migrator_password: PASSWORD,
    clickhouse_database: fixed(DATABASE),
  };
}

/**
 * Keys of seed 000, so that what was written for them finds them. Nothing answers at these addresses: OpenPanel has no
 * SAML, the gate does its part, and no application of the identity provider speaks it.
 */
function saml({ internalDomain }: AppPlacement): Record<string, SecretKey> {
  const sso = `https://sso.${internalDomain}`;
  const key = (value: string): SecretKey => ({ ...fixed(value), reserved: "OpenPanel has no SAML" });
  return {
    saml_idp_entity_id: key(sso),
    saml_idp_sso_url: key(`${sso}/api/saml`),
    saml_idp_metadata: key(`${sso}/api/saml/metadata?application=built-in/openpanel-saml`),
  };
}

function host(placement: AppPlacement, store: keyof typeof STORE_SERVICES): SecretKey {
  return fixed(serviceHost(STORE_SERVICES[store], placement.dataNamespace));
}

function fixed(value: string | number) {
  return { kind: "fixed" as const, value: String(value) };
}

/**
 * Kubernetes secrets of the application's namespace: the connection URLs are put together there, so neither Terraform
 * nor this program ever sees one. Users and passwords are escaped: a supplied one may hold any character.
 */
export function openpanelDeliveries(placement: AppPlacement, settings: OpenPanelSettings): DeliveredSecret[] {
  const { stores, runtime } = paths(placement.environment);
  const common = shared(placement);
  return [
    { name: SECRETS.stores, path: stores, template: { ...common, CLICKHOUSE_URL: clickhouseUrl("clickhouse") } },
    {
      name: SECRETS.migration,
      path: stores,
      template: { ...common, CLICKHOUSE_URL: clickhouseUrl("clickhouse_migrator") },
    },
    {
      name: SECRETS.runtime,
      path: runtime,
      template: {
        COOKIE_SECRET: "{{ .cookie_secret }}",
        ENCRYPTION_KEY: "{{ .encryption_key }}",
        ...Object.fromEntries(featureSecrets(settings).map(({ variable, key }) => [variable, `{{ .${key} }}`])),
      },
    },
  ];
}

function shared({ poolerHost }: AppPlacement): Record<string, string> {
  return {
    DATABASE_URL:
      poolerHost === undefined
        ? postgresqlUrl("postgres_host")
        : // Without it Prisma prepares statements, which another connection of the pool doesn't know.
          `${postgresqlUrl("postgres_pooler_host")}&pgbouncer=true`,
    // Migrations take this one, which never leads through a pooler.
    DATABASE_URL_DIRECT: postgresqlUrl("postgres_host"),
    REDIS_URL: `redis://${login("redis")}@{{ .redis_host }}:{{ .redis_port }}`,
  };
}

/** The server takes TLS only. Prisma checks no certificate in this mode: the name is the cluster's own. */
function postgresqlUrl(host: "postgres_host" | "postgres_pooler_host"): string {
  return `postgresql://${login("postgres")}@{{ .${host} }}:{{ .postgres_port }}/{{ .postgres_database }}?schema=public&sslmode=require`;
}

function clickhouseUrl(user: "clickhouse" | "clickhouse_migrator"): string {
  return `http://${login(user)}@{{ .clickhouse_host }}:{{ .clickhouse_http_port }}/{{ .clickhouse_database }}`;
}

function login(prefix: string): string {
  return `${urlPart(`${prefix}_user`)}:${urlPart(`${prefix}_password`)}`;
}
