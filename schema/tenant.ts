/** What an environment holds, and what its profile says about that: stores, applications, hosts. */
import type * as z from "zod/mini";
import { orFalse } from "./cluster";
import { flag, once, oneOf, optional, strict, whole } from "./fields/kit";
import { bytes, cpu, exactVersion, label } from "./fields/texts";
import { OPENPANEL_VERSION } from "./pins";

const storeSize = (storage: string, memory: string) => ({
  storage: optional(bytes(storage), "Size of each volume; it can grow, never shrink.", "the profile's"),
  cpu: optional(cpu(), "Processor time of each replica, such as 500m or 2.", "the profile's"),
  memory: optional(bytes(memory), "Memory of each replica.", "the profile's"),
});

/** The stores of an environment: sizes laid over the profile's, or `false` to leave one out. */
export const dataSchema = once(() =>
  strict({
    postgresql: optional(
      orFalse(
        strict({
          ...storeSize("10Gi", "1Gi"),
          instances: optional(
            whole("1 to 5 instances", 1, 5),
            "Instances: one primary, the others replicas.",
            "the profile's",
          ),
        }),
      ),
      "PostgreSQL, or `false`.",
      "the profile's",
    ),
    clickhouse: optional(orFalse(strict(storeSize("20Gi", "4Gi"))), "ClickHouse, or `false`.", "the profile's"),
    redis: optional(orFalse(strict(storeSize("2Gi", "512Mi"))), "Redis (Valkey), or `false`.", "the profile's"),
  }),
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
export type AppsDocument = z.infer<ReturnType<typeof appsSchema>>;
export type HostsDocument = z.infer<ReturnType<typeof hostsSchema>>;
