import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import { fromSecret } from "../../data/readiness";
import type { AppPlacement } from "../app";
import { integrationsOf } from "./integrations";
import { SECRETS, urls } from "./names";
import type { OpenPanelSettings, SmtpSettings, WorkloadName } from "./settings";

/** Keys of the delivered secrets, which are also the names of the variables. */
const STORE_KEYS = ["DATABASE_URL", "DATABASE_URL_DIRECT", "REDIS_URL", "CLICKHOUSE_URL"];
const RUNTIME_KEYS = ["COOKIE_SECRET", "ENCRYPTION_KEY"];

/** For every workload and the migration: without SELF_HOSTED they expect a clustered ClickHouse. */
const COMMON = { NODE_ENV: "production", SELF_HOSTED: "true" };

/** Variables of a workload. What a user adds can undo nothing of what stands here. */
export function environment(name: WorkloadName, placement: AppPlacement, settings: OpenPanelSettings): IEnvVar[] {
  if (name === "dashboard") return literals(dashboard(placement));
  const own = name === "api" ? api(placement) : WORKER;
  return [
    ...literals({ ...shared(placement, settings), ...redirects(name, placement, settings), ...own }),
    ...STORE_KEYS.map((key) => fromSecret(key, SECRETS.stores, key)),
    ...[...RUNTIME_KEYS, ...featureKeys(name, settings)].map((key) => fromSecret(key, SECRETS.runtime, key)),
  ];
}

/** The migration logs in to ClickHouse as the user that may change the schema. */
export function migrationEnvironment(): IEnvVar[] {
  return [
    // Prisma asks for news of itself otherwise, and the namespace reaches nothing outside.
    ...literals({ ...COMMON, CI: "true", CHECKPOINT_DISABLE: "1", PRISMA_HIDE_UPDATE_MESSAGE: "1" }),
    // Neither tool can write beside its code.
    ...literals({ HOME: "/tmp", JITI_FS_CACHE: "false" }),
    ...STORE_KEYS.map((key) => fromSecret(key, SECRETS.migration, key)),
  ];
}

/**
 * Exactly these, and nothing secret: on every page it renders, the dashboard prints its whole environment to its log
 * (apps/start/src/integrations/tanstack-query/root-provider.tsx).
 */
function dashboard(placement: AppPlacement) {
  const { api, apiInside, dashboard } = urls(placement);
  return { ...COMMON, API_URL: api, API_URL_SSR: apiInside, DASHBOARD_URL: dashboard };
}

/**
 * The same on api and worker, a user's variables included: `EVENTS_GROUP_QUEUES_SHARDS` and `QUEUE_CLUSTER` name the
 * queues, and with different values one would write to queues that the other never reads.
 */
function shared(placement: AppPlacement, settings: OpenPanelSettings) {
  const { api, dashboard } = urls(placement);
  return { ...settings.environment, ...smtp(settings.smtp), ...COMMON, API_URL: api, DASHBOARD_URL: dashboard };
}

function api(placement: AppPlacement) {
  return {
    // Unset means open. The first account is always allowed, so the gate stands before the routes open.
    ALLOW_REGISTRATION: "false",
    // The default is the registrable domain, which shares the session with every other application there.
    CUSTOM_COOKIE_DOMAIN: placement.host,
    // The default begins with headers that any client may send. Cloudflare sets its own anew, Traefik `X-Real-Ip`.
    IP_HEADER_ORDER: placement.proxied ? "cf-connecting-ip" : "x-real-ip",
  };
}

/** The board has no login; the ping tells openpanel.dev about the installation. */
const WORKER = { DISABLE_BULLBOARD: "1", DISABLE_PING: "1" };

function smtp(settings: SmtpSettings | undefined): Record<string, string> {
  if (settings === undefined) return {};
  return {
    SMTP_HOST: settings.host,
    SMTP_PORT: String(settings.port),
    // Implicit TLS on its own port, STARTTLS on the others.
    SMTP_SECURE: String(settings.port === 465),
    SMTP_USER: settings.user,
    EMAIL_SENDER: settings.sender,
  };
}

/** Where the services outside send the browser back to. */
function redirects(name: WorkloadName, placement: AppPlacement, settings: OpenPanelSettings): Record<string, string> {
  const readers = integrationsOf(settings).filter(({ variablesOf }) => variablesOf.includes(name));
  return Object.fromEntries(
    readers.map(({ redirectVariable, callback }) => [redirectVariable, `${urls(placement).api}${callback}`]),
  );
}

/** Secret variables of the features that are switched on, without those of workloads that don't read them. */
function featureKeys(name: WorkloadName, settings: OpenPanelSettings): string[] {
  const readers = integrationsOf(settings).filter(({ variablesOf }) => variablesOf.includes(name));
  return [
    ...(settings.smtp === undefined ? [] : ["SMTP_PASS"]),
    ...(settings.features?.unsubscribe === true ? ["UNSUBSCRIBE_SECRET"] : []),
    ...new Set(readers.flatMap(({ secrets }) => Object.keys(secrets))),
  ];
}

function literals(values: Readonly<Record<string, string>>): IEnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
