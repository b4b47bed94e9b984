/** What an environment holds, and what its profile says about that: stores, applications, hosts. */
import type * as z from "zod/mini";
import { orFalse } from "./cluster";
import { flag, named, once, oneOf, optional, strict, text, whole } from "./fields/kit";
import { bytes, cpu, exactVersion, label, moment, schedule } from "./fields/texts";
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

const replicas = (what: string) =>
  optional(whole("1 to 20 replicas", 1, 20), `Replicas of the ${what}.`, "the profile's");

/** Settings of each catalogue application. */
export const appsSchema = once(() =>
  strict({
    openpanel: optional(
      strict({
        version: optional(exactVersion(OPENPANEL_VERSION), "Exact image version.", OPENPANEL_VERSION),
        gate: optional(label("a gate name"), "Gate of the cluster that guards the dashboard.", "main"),
        primary: optional(flag(), "Takes the short host `<app>.<zone>`; once for each zone.", "false"),
        replicas: optional(
          strict({ api: replicas("API"), dashboard: replicas("dashboard"), worker: replicas("worker") }),
          "Replicas of each workload.",
          "the profile's",
        ),
      }),
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
