import { INTEGRATIONS } from "./integrations";

/** Why a variable can't be set, and what to do instead. */
export interface Refusal {
  readonly because: string;
  readonly fix: string;
}

const REMOVE = "Remove it.";

/** Variables that open or stop the application, most of them whatever their value. */
const FORBIDDEN: readonly (readonly [name: RegExp, because: string])[] = [
  [/^DEMO_USER_ID$/, "it gives every anonymous visitor a session"],
  [/^DISABLE_WORKERS$/, 'any value stops the workers, "false" too'],
  [/^MAINTENANCE$/, "it takes the dashboard away"],
  [/^POLAR_/, "it is for the billing of openpanel.dev"],
  [/^CLICKHOUSE_CLUSTER$/, "it expects tables of a cluster, and the ClickHouse here is none"],
  [/^ENABLED_QUEUES$/, "the one worker would leave all other queues alone"],
  [/^KAFKA_/, "the platform has no Kafka, and the worker would wait for it"],
  [/^(NODE_OPTIONS|NODE_TLS_REJECT_UNAUTHORIZED)$/, "it changes how the program itself is run"],
];

/** Variables that follow from the environment's other settings. */
const OWN: readonly (readonly [name: RegExp, fix: string])[] = [
  [/^(NODE_ENV|SELF_HOSTED|CI|HOME|PORT|API_PORT|API_HOST|WORKER_PORT)$/, REMOVE],
  [
    /^(API_URL|API_URL_SSR|DASHBOARD_URL|CUSTOM_COOKIE_DOMAIN|COOKIE_TLDS|NEXT_PUBLIC_.*)$/,
    "Remove it: it follows from the environment's host.",
  ],
  [/^IP_HEADER_ORDER$/, "Remove it: it follows from the mode of the environment's hosts."],
  [/^ALLOW_REGISTRATION$/, "Remove it, and invite people."],
  [/^(DISABLE_BULLBOARD|DISABLE_PING)$/, REMOVE],
  [/^SHUTDOWN_/, "Remove it: the pods' grace period is made for its default."],
  [/^(SMTP_(HOST|PORT|SECURE|USER)|EMAIL_SENDER)$/, "Write smtp beside environment."],
];

/** Variables of integrations, with the switch that sets them. */
const INTEGRATED = new Set(
  INTEGRATIONS.flatMap(({ redirectVariable, secrets }) => [redirectVariable, ...Object.keys(secrets)]),
);

/** Variables whose values are secret: they come from Vault. */
const SECRET = /(^|_)(SECRET|KEY|PASS|PASSWORD|PASSWD|TOKEN|CREDENTIALS?)(_|$)|^(DATABASE|REDIS|CLICKHOUSE)_URL|APIKEY/;

/** A URL with a password in it. */
const LOGIN = /:\/\/[^/\s@]*:[^/\s@]*@/;

/** Says why a variable can't be set; `undefined` when it can. Never repeats a value, which may be a secret. */
export function refusalOf(name: string, value: string): Refusal | undefined {
  const forbidden = FORBIDDEN.find(([pattern]) => pattern.test(name));
  if (forbidden !== undefined) return { because: `is forbidden: ${forbidden[1]}`, fix: REMOVE };
  if (INTEGRATED.has(name)) {
    return { because: "is set by the program", fix: "Remove it, and switch its feature on under features." };
  }
  const own = OWN.find(([pattern]) => pattern.test(name));
  if (own !== undefined) return { because: "is set by the program", fix: own[1] };
  if (SECRET.test(name) || LOGIN.test(value)) {
    return {
      because: "holds a secret and would stand in the configuration",
      fix: "Remove it: secrets come from Vault, with the feature that needs them.",
    };
  }
  return refusalOfValue(name, value);
}

/** The names of the queues hang on these two: api and worker get the same, and it has to be what was meant. */
function refusalOfValue(name: string, value: string): Refusal | undefined {
  if (name === "EVENTS_GROUP_QUEUES_SHARDS" && !/^[1-9]\d{0,2}$/.test(value)) {
    return { because: "is no number of queues", fix: "Write a whole number from 1 to 999." };
  }
  if (name === "QUEUE_CLUSTER" && value !== "true" && value !== "1") {
    return { because: 'is on whatever its value, "false" too', fix: 'Write "true", or remove it.' };
  }
  return undefined;
}
