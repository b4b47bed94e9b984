/**
 * The environment model: what the configuration means once it is parsed, defaulted and cross-checked.
 * `schema/load.ts` produces it, `stacks/` consumes it. It is plain data: no file paths
 * but that of the chart mirror, no Terraform.
 */

import type { OpenPanelSettings as OpenPanelOwnSettings } from "../constructs/apps/openpanel/settings";
import type { CustomRule, RateLimitRule, ZonePlan } from "../constructs/cloudflare/zone-edge/rules";
import type { GrafanaGroups } from "../constructs/components/grafana/roles";
import type { Json } from "../constructs/core/json";
import type { Protection } from "../constructs/core/protection";
import type { StateBackend } from "../constructs/core/state-backend";
import type { Generations } from "../constructs/data/generations";
import type { RedisEngine } from "../constructs/data/redis/engine";
import type { Deployer } from "../constructs/vault/machines/deployers";
import type { DeclaredPlans } from "../constructs/vultr/catalogue";
import type { NodePoolSpec } from "../constructs/vultr/node-pool-spec";

/** The whole organisation: the result of parsing platform.yaml and environments/*.yaml. */
export interface Platform {
  readonly organisation: string;
  /** Receives certificate expiry notices of the ACME account. */
  readonly contact: string;
  readonly domains: { readonly public: string; readonly internal: string };
  readonly zones: readonly Zone[];
  readonly state: StateBackend;
  readonly networks: readonly Network[];
  /** Every cluster: those of platform.yaml first, then one for each dedicated environment, each group sorted by name. */
  readonly clusters: readonly Cluster[];
  /** Sorted by name. */
  readonly environments: readonly Environment[];
  /** Name of the cluster that carries Vault and the identity provider. */
  readonly central: string;
  /** Vultr plans that the catalogue does not know, by id. */
  readonly plans: DeclaredPlans;
  readonly identity: {
    readonly engine: "casdoor";
    /** People may sign in by GitHub too. */
    readonly github: boolean;
  };
  readonly secrets: { readonly engine: "vault" };
  /** Where charts come from: the folder of a mirror, or else their repositories. */
  readonly charts: { readonly mirror?: string };
  /** Identity-provider group to role for the platform as a whole. */
  readonly access: Readonly<Record<string, PlatformRole>>;
  /** Machines that apply stacks, by name: how they log in to Vault. */
  readonly deployers: Readonly<Record<string, Deployer>>;
  /** The store of all backups; without one no environment has any. */
  readonly backups?: BackupStore;
}

/** Where backups are kept. */
export type BackupStore =
  /** Vultr Object Storage: a store with a key pair of its own for each environment, so none reaches another's. */
  | {
      readonly type: "vultr";
      readonly storageCluster: number;
      /** Host of the storage cluster's S3 API. It is stated because a state that knows it knows the keys too. */
      readonly hostname: string;
      readonly tier: number;
    }
  /** Any other S3-compatible store; a person supplies each environment's key pair. */
  | { readonly type: "s3"; readonly endpoint: string; readonly region: string; readonly bucketPrefix: string };

/** When an environment's stores are backed up. */
export interface BackupSettings {
  /** Five fields of cron, in UTC. */
  readonly schedule: string;
  readonly retentionDays: number;
}

/** A Cloudflare zone. */
export interface Zone {
  /** The zone's DNS name. */
  readonly name: string;
  readonly plan: ZonePlan;
  /** Rules added after the built-in ones. */
  readonly customRules: readonly CustomRule[];
  readonly rateLimits: readonly RateLimitRule[];
}

/** A Vultr VPC, shared by the clusters that name it. */
export interface Network {
  readonly name: string;
  readonly region: string;
  /** IPv4 range in CIDR notation. */
  readonly cidr: string;
  readonly protection: Protection;
}

/** A VKE cluster with its pools and the components it switches on. */
export interface Cluster {
  readonly name: string;
  readonly region: string;
  readonly version: string;
  readonly network: string;
  readonly central: boolean;
  /** Set for the cluster of a dedicated environment. */
  readonly dedicatedTo?: string;
  /** Highly available control plane; can't be changed after creation. */
  readonly highlyAvailable: boolean;
  /** Vultr's managed firewall group; can't be changed after creation. */
  readonly firewall: boolean;
  readonly protection: Protection;
  /** The first pool is created with the cluster and stays as it is. */
  readonly nodePools: readonly NodePoolSpec[];
  readonly components: ClusterComponents;
  /** Gates by name; a gated route names one. */
  readonly gates: Readonly<Record<string, Gate>>;
  readonly entryPoints: Readonly<Record<EntryPointName, EntryPoint>>;
  /** Replicas of highly available platform services: 1 or 3. */
  readonly replicas: 1 | 3;
}

/** Settings of each catalogue component; `false` switches one off, `{}` takes the defaults. */
export type ClusterComponents = { readonly [Name in ComponentName]: false | SettingsOf<Name> };

export const COMPONENT_NAMES = [
  "cert-manager",
  "traefik",
  "external-secrets",
  "metrics-server",
  "cloudnative-pg",
  "barman-cloud",
  "clickhouse-operator",
  "vault",
  "casdoor",
  "oauth2-proxy",
  "headlamp",
  "grafana",
] as const;
export type ComponentName = (typeof COMPONENT_NAMES)[number];

export interface ComponentSettings {
  /** Chart values laid over the component's own; their paths are checked against the pinned chart. */
  readonly values?: { readonly [key: string]: Json };
  /** Another chart version than the pinned one: exact, never a range. */
  readonly version?: string;
}

/** Components with settings of their own. A cluster has them only if it, or its profile, says so. */
export interface OwnSettings {
  readonly headlamp: HeadlampSettings;
  readonly grafana: GrafanaSettings;
}

/** Settings of one component. */
export type SettingsOf<Name extends ComponentName> = Name extends keyof OwnSettings
  ? OwnSettings[Name]
  : ComponentSettings;

export interface HeadlampSettings extends ComponentSettings {
  /** Gate of the cluster that guards it. */
  readonly gate: string;
}

export interface GrafanaSettings extends ComponentSettings {
  /** Identity-provider group to role, at least one. */
  readonly groups: GrafanaGroups;
}

/** A Portal Gate: who may pass. */
export interface Gate {
  /** Identity-provider groups, at least one. */
  readonly groups: readonly string[];
}

export type EntryPointName = "edge" | "machine";

export interface EntryPoint {
  /** Source ranges the load balancer admits: `cloudflare` or CIDRs. */
  readonly sources: "cloudflare" | readonly string[];
}

export type DnsMode = "proxied" | "dns-only";

/** An environment: a named place for applications. */
export interface Environment {
  readonly name: string;
  /** The profile's name: dev, staging, prod, sue, or one declared with `extends`. */
  readonly type: string;
  /** The built-in type at the root of the profile's `extends` chain. */
  readonly baseType: BaseType;
  /** Name of the cluster that carries it. */
  readonly cluster: string;
  readonly dedicated: boolean;
  readonly owner?: string;
  readonly pool?: string;
  readonly createdAt?: string;
  readonly expiresAt?: string;
  readonly lifecycle: "active" | "deleting";
  readonly protection: Protection;
  readonly hosts: HostPattern;
  /** Identity-provider group to role in this environment. */
  readonly access: Readonly<Record<string, AccessRole>>;
  readonly data: DataStores;
  /** `false`: somebody decided that nothing of it is kept. */
  readonly backups: false | BackupSettings;
  readonly apps: Readonly<Partial<Record<AppName, OpenPanelSettings>>>;
  readonly services: Readonly<Record<string, Json>>;
  readonly delivery:
    | { readonly method: "dynamic" }
    | { readonly method: "git"; readonly repository: string; readonly branch: string };
  /** The document as applied, published as an output so that an environment whose file is gone can still be destroyed. */
  readonly document: Json;
}

export const BASE_TYPES = ["dev", "staging", "prod", "sue"] as const;
export type BaseType = (typeof BASE_TYPES)[number];
export type AccessRole = "owner" | "developer" | "viewer";
export type PlatformRole = "operator" | "deployer";
export const APP_NAMES = ["openpanel"] as const;
export type AppName = (typeof APP_NAMES)[number];

/** How an environment's hosts are named and served. */
export interface HostPattern {
  /** `flat`: `<app>-<env>.<zone>`; `nested`: `<app>.<env>.<zone>` under one wildcard record. */
  readonly style: "flat" | "nested";
  readonly zone: string;
  readonly mode: DnsMode;
  /** Where its traffic enters the cluster: proxied hosts come from Cloudflare, DNS-only hosts from anywhere. */
  readonly entryPoint: EntryPointName;
}

/** The stores of an environment; `false` leaves one out. */
export interface DataStores {
  readonly postgresql: false | PostgresqlSettings;
  readonly clickhouse: false | ClickhouseSettings;
  readonly redis: false | RedisSettings;
}
/** Quantities are Kubernetes quantities, such as `20Gi` or `500m`. */
export interface StoreSize {
  readonly storage: string;
  readonly cpu: string;
  readonly memory: string;
}
export interface PostgresqlSettings extends StoreSize {
  readonly instances: number;
  readonly generations: Generations;
  /** Pods of the connection pooler; 0 for none. */
  readonly poolers: number;
}
export interface ClickhouseSettings extends StoreSize {
  readonly generations: Generations;
}
export interface RedisSettings extends StoreSize {
  readonly engine: RedisEngine;
}

/** OpenPanel as the application takes it, and what only its place in the environment hangs on. */
export interface OpenPanelSettings extends OpenPanelOwnSettings {
  /** Takes the short host `<app>.<zone>`; once for each zone. */
  readonly primary: boolean;
}
