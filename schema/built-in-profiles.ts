/**
 * What the four environment types of seed 001 and the platform's own clusters are by default. The seed says which
 * pools, HA, gateway and expiry each type has; plans and sizes are ours: the smallest that run OpenPanel as the type
 * needs it. The pool `ai` is nowhere by default: GPU plans are dear and not sold in every region.
 */
import type { NodePoolDocument } from "./cluster";
import type { BaseType } from "./model";
import type { ClusterSettings, EnvironmentDefaults } from "./profiles";

type BuiltIn = { readonly cluster: ClusterSettings; readonly environment: EnvironmentDefaults };

const SMALL = "vc2-2c-4gb";
const MEDIUM = "vc2-4c-8gb";

const fixed = (plan: string, quantity: number): NodePoolDocument => ({ plan, quantity });
const scaled = (plan: string, min: number, max: number): NodePoolDocument => ({
  plan,
  autoscaling: { min, max },
});

/** Can't be changed after creation, and required by whatever must stay up. */
const DURABLE: ClusterSettings = { highlyAvailable: true, firewall: true, protection: "retain" };
const DISPOSABLE: ClusterSettings = { highlyAvailable: false, firewall: true, protection: "delete" };

/** Every night, when few are at work anywhere between New York and Berlin. */
const NIGHTLY = "30 1 * * *";

/** One pod of each workload, which grows a little when it has to. */
const openpanelUpTo = (max: number) => ({
  openpanel: { replicas: { api: { min: 1, max }, dashboard: 1, worker: { min: 1, max } } },
});

/** Sizes for trying things out, and for a store that its profile leaves out and its environment wants. */
export const SMALLEST_STORES = {
  postgresql: { instances: 1, storage: "5Gi", cpu: "250m", memory: "512Mi" },
  clickhouse: { storage: "10Gi", cpu: "500m", memory: "2Gi" },
  redis: { storage: "1Gi", cpu: "100m", memory: "256Mi" },
};

/** For trying things out: small, shared, without WAF, gone when its file is gone. */
const trial: BuiltIn = {
  cluster: {
    ...DISPOSABLE,
    nodePools: {
      general: fixed(SMALL, 1),
      "general-restricted": scaled("vc2-1c-2gb", 1, 3),
      "general-public": scaled(SMALL, 1, 6),
      spot: scaled("vc2-1c-2gb", 1, 6),
    },
  },
  environment: {
    placement: { type: "shared" },
    protection: "delete",
    hosts: { style: "nested", mode: "dns-only", domain: "public" },
    data: SMALLEST_STORES,
    apps: openpanelUpTo(2),
  },
};

/** Every built-in profile. */
export const BUILT_IN: Readonly<Record<BaseType | "platform", BuiltIn>> = {
  dev: trial,
  sue: { ...trial, environment: { ...trial.environment, expiresAfterHours: 24 } },
  staging: {
    cluster: {
      ...DURABLE,
      nodePools: {
        general: fixed(SMALL, 3),
        "general-restricted": scaled(SMALL, 1, 2),
        "general-public": scaled(MEDIUM, 1, 4),
        memory: scaled("voc-m-1c-8gb-50s-amd", 1, 2),
      },
    },
    environment: {
      placement: { type: "dedicated" },
      protection: "retain",
      hosts: { style: "flat", mode: "proxied", domain: "public" },
      data: {
        postgresql: { instances: 2, storage: "10Gi", cpu: "500m", memory: "1Gi" },
        clickhouse: { storage: "20Gi", cpu: "500m", memory: "2Gi" },
        redis: { storage: "2Gi", cpu: "100m", memory: "512Mi" },
      },
      backups: { schedule: NIGHTLY, retentionDays: 14 },
      apps: openpanelUpTo(3),
    },
  },
  prod: {
    cluster: {
      ...DURABLE,
      nodePools: {
        general: fixed(SMALL, 3),
        "general-restricted": scaled(SMALL, 1, 3),
        "general-public": scaled(MEDIUM, 2, 4),
        memory: scaled("voc-m-1c-8gb-50s-amd", 1, 2),
        storage: scaled("voc-s-1c-8gb-150s-amd", 1, 2),
        spot: scaled(SMALL, 1, 3),
      },
    },
    environment: {
      placement: { type: "dedicated" },
      protection: "retain",
      hosts: { style: "flat", mode: "proxied", domain: "public" },
      data: {
        postgresql: { instances: 3, storage: "20Gi", cpu: "1", memory: "2Gi" },
        clickhouse: { storage: "100Gi", cpu: "2", memory: "4Gi" },
        redis: { storage: "5Gi", cpu: "250m", memory: "1Gi" },
      },
      backups: { schedule: NIGHTLY, retentionDays: 30 },
      // Two of each outlive a node; more of what works on events when there are more of them.
      apps: {
        openpanel: { replicas: { api: { min: 2, max: 6 }, dashboard: 2, worker: { min: 2, max: 6 } } },
      },
    },
  },
  platform: {
    cluster: {
      ...DURABLE,
      nodePools: {
        general: fixed(SMALL, 3),
        "general-restricted": scaled(SMALL, 1, 4),
        "general-public": scaled(MEDIUM, 2, 5),
      },
    },
    environment: {},
  },
};
