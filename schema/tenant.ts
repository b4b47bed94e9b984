/** What an environment holds, and what its profile says about that: stores, applications, hosts. */
import * as z from "zod/mini";
import { MACHINE_APIS, SIGN_IN_PROVIDERS } from "../constructs/apps/openpanel/settings";
import { orFalse } from "./cluster";
import { flag, list, named, once, oneOf, optional, required, strict, text, whole } from "./fields/kit";
import { bytes, cpu, domain, email, exactVersion, label, moment, schedule } from "./fields/texts";
import { OPENPANEL_VERSION } from "./pins";

const storeSize = (storage: string, memory: string) => ({
  storage: optional(bytes(storage), "Size of each volume; it can grow, never shrink.", "the profile's"),
  cpu: optional(cpu(), "Processor time of each replica, such as 500m or 2.", "the profile's"),
  memory: optional(bytes(memory), "Memory of each replica.", "the profile's"),
});

const postgresqlSize = () => ({
  ...storeSize("10Gi", "1Gi"),
  instances: optional(whole("1 to 5 instances", 1, 5), "Instances: one primary, the others replicas.", "the profile's"),
  poolers: optional(whole("0 to 10 pods", 0, 10), "Pods of the connection pooler; 0 for none.", "the profile's"),
});
const clickhouseSize = () => storeSize("20Gi", "4Gi");
const redisSize = () => ({
  ...storeSize("2Gi", "512Mi"),
  engine: optional(
    oneOf(["valkey", "redis"]),
    "The program behind it. Another one begins empty: neither reads what the other has written.",
    "the profile's, else valkey",
  ),
});

const generation = once(() =>
  strict({
    from: optional(whole("the number of an earlier generation", 1, 998), "Generation whose backups it starts from."),
    to: optional(moment(), "Moment to recover to.", "the newest state that was backed up"),
  }),
);

/** A store that was restored is there more than once; a profile has nothing to say about that. */
const generations = () => ({
  serving: optional(whole("the number of a generation", 1, 999), "Generation that the applications use.", "1"),
  generations: optional(
    named(
      text("the number of a generation", /^[1-9]\d{0,2}$/),
      generation(),
      "a mapping of generation number to what it starts from",
    ),
    "Every generation that exists; `{}` is one that began empty. A restore adds one.",
    "`1: {}`",
  ),
});

const stores = <P extends Shape, C extends Shape, R extends Shape>(postgresql: P, clickhouse: C, redis: R) =>
  strict({
    postgresql: optional(orFalse(strict(postgresql)), "PostgreSQL, or `false`.", "the profile's"),
    clickhouse: optional(orFalse(strict(clickhouse)), "ClickHouse, or `false`.", "the profile's"),
    redis: optional(orFalse(strict(redis)), "Redis (Valkey), or `false`.", "the profile's"),
  });
type Shape = Parameters<typeof strict>[0];

/** The stores of an environment: settings laid over the profile's, or `false` to leave one out. */
export const dataSchema = once(() =>
  stores({ ...postgresqlSize(), ...generations() }, { ...clickhouseSize(), ...generations() }, redisSize()),
);

/** What a profile says about the stores of its environments. */
export const dataDefaultsSchema = once(() => stores(postgresqlSize(), clickhouseSize(), redisSize()));

/** When the stores are backed up, and how long that is kept; `false` for never. */
export const backupsSchema = once(() =>
  orFalse(
    strict({
      schedule: optional(schedule(), "When a full backup is made: five fields of cron, in UTC.", "the profile's"),
      retentionDays: optional(
        whole("a number of days from 1 to 3650", 1, 3650),
        "Days that a backup is kept, at least.",
        "the profile's",
      ),
    }),
  ),
);

const pods = (hint: string, description: string) => optional(whole(hint, 1, 20), description, "the profile's");

/** Bounds of an autoscaler. */
const scaled = (what: string) =>
  optional(
    strict(
      {
        min: pods("1 to 20 pods", `Pods of the ${what} at least.`),
        max: pods("1 to 20 pods", `Pods of the ${what} at most; the same as min for a fixed number.`),
      },
      "a mapping of min and max, such as {min: 2, max: 6}",
    ),
    `Pods of the ${what}, which follow its load.`,
    "the profile's",
  );

const digest = (image: string) =>
  required(
    text('"sha256:" and 64 hexadecimal digits', /^sha256:[0-9a-f]{64}$/),
    `Digest of the ${image} image of that version.`,
  );

/** What YAML reads as a number or a truth value is a text to a program. */
const variable = () => {
  const hint = "a text, a number, or true or false";
  return z.union([z.string({ error: hint }), z.number({ error: hint }), z.boolean({ error: hint })], { error: hint });
};

const features = once(() =>
  strict({
    sharedDashboards: optional(flag(), "Shared dashboards, overviews and reports are open to all.", "false"),
    widgets: optional(flag(), "Widgets that other sites embed are open to all.", "false"),
    liveVisitors: optional(flag(), "The number of present visitors, live, is open to all.", "false"),
    unsubscribe: optional(flag(), "The page to unsubscribe from mails is open to all.", "false"),
    signIn: optional(
      list(oneOf(SIGN_IN_PROVIDERS), `a list of ${SIGN_IN_PROVIDERS.join(", ")}`),
      `Accounts of others to log in to OpenPanel with, behind the gate: ${SIGN_IN_PROVIDERS.join(", ")}.`,
      "none",
    ),
    searchConsole: optional(flag(), "Data of Google's Search Console.", "false"),
    slack: optional(flag(), "Notifications in Slack.", "false"),
    machineApis: optional(
      list(oneOf(MACHINE_APIS), `a list of ${MACHINE_APIS.join(", ")}`),
      `Interfaces for programs with client credentials: ${MACHINE_APIS.join(", ")}.`,
      "none",
    ),
  }),
);

const openpanel = once(() =>
  strict({
    version: optional(exactVersion(OPENPANEL_VERSION), "Exact version of all three images.", OPENPANEL_VERSION),
    digests: optional(
      strict({ api: digest("API"), dashboard: digest("dashboard"), worker: digest("worker") }),
      "Digests of the three images of that version; a registry may move a tag, never a digest.",
    ),
    gate: optional(label("a gate name"), "Gate of the cluster that guards the dashboard.", "main"),
    primary: optional(flag(), "Takes the short host `<app>.<zone>`; once for each zone.", "false"),
    replicas: optional(
      strict({
        api: scaled("API"),
        dashboard: pods("1 to 20 pods", "Pods of the dashboard."),
        worker: scaled("worker"),
      }),
      "Pods of each workload.",
      "the profile's",
    ),
    features: optional(
      features(),
      "Parts that are closed unless they are wanted; see docs/openpanel.md.",
      "all closed",
    ),
    environment: optional(
      named(
        text("a name of capital letters, digits and _", /^[A-Z][A-Z0-9_]*$/),
        variable(),
        "a mapping of variable to value",
      ),
      "Public variables for the API and the worker. Secrets, and what the program sets itself, are refused.",
      "none",
    ),
    smtp: optional(
      strict({
        host: required(domain(), "Mail server on the internet."),
        port: required(whole("a port from 1 to 65535", 1, 65_535), "465 for TLS from the start, others upgrade to it."),
        sender: required(email(), "Address that mails come from."),
        user: required(text("the name of the account"), "Account at the mail server; its password comes from Vault."),
      }),
      "Mail server, for invitations and password resets.",
      "no mail is sent",
    ),
  }),
);

/** Settings of each catalogue application. */
export const appsSchema = once(() =>
  strict({
    openpanel: optional(
      openpanel(),
      "OpenPanel: product analytics. `{}` takes the defaults. It needs all three stores.",
    ),
  }),
);

/** How hosts are named and served. */
export const hostsSchema = once(() =>
  strict({
    style: optional(
      oneOf(["flat", "nested"]),
      "`flat` (`<app>-<env>.<zone>`) or `nested` (`<app>.<env>.<zone>`).",
      "the profile's",
    ),
    mode: optional(
      oneOf(["proxied", "dns-only"]),
      "`proxied`: behind Cloudflare's WAF; `dns-only`: straight to the cluster.",
      "the profile's",
    ),
    domain: optional(oneOf(["public", "internal"]), "Which of the two domains of platform.yaml.", "the profile's"),
  }),
);

export type DataDocument = z.infer<ReturnType<typeof dataSchema>>;
export type DataDefaults = z.infer<ReturnType<typeof dataDefaultsSchema>>;
export type BackupsDocument = z.infer<ReturnType<typeof backupsSchema>>;
export type AppsDocument = z.infer<ReturnType<typeof appsSchema>>;
export type HostsDocument = z.infer<ReturnType<typeof hostsSchema>>;
