import type { ITerraformDependable } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { Route } from "../access/route-table";
import type { SignOn } from "../access/sign-on";
import type { SecretDeclaration } from "../core/secrets";
import type { ClickhouseDatabase } from "../data/clickhouse";
import type { PostgresqlDatabase } from "../data/postgresql";
import type { RedisUser } from "../data/redis";
import type { ClusterTarget } from "../kubernetes/cluster-target";
import type { DeliveredSecret } from "../kubernetes/secret-delivery";
import type { Traffic } from "../kubernetes/tenant-namespace/traffic";

/** Kinds of stores that an environment can have. */
export const STORE_KINDS = ["postgresql", "clickhouse", "redis"] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/** Names of the Services behind which an environment's stores stand, as seed 000 has them. */
export const STORE_SERVICES = { postgresql: "postgresql", clickhouse: "clickhouse", redis: "redis-master" } as const;

/** Where an application stands: everything about it that follows from the configuration. */
export interface AppPlacement {
  readonly environment: string;
  readonly cluster: string;
  /** Namespace of the application. */
  readonly namespace: string;
  /** Namespace of the environment's stores. */
  readonly dataNamespace: string;
  /** Host of the connection pooler in front of PostgreSQL. @default - none: applications connect to the server */
  readonly poolerHost?: string;
  /** Public host of the application. */
  readonly host: string;
  /** Domain of the platform's own services, such as `sso.<domain>`. */
  readonly internalDomain: string;
  /** Whether the host stands behind Cloudflare's proxy; then the client's address is in Cloudflare's own header. */
  readonly proxied: boolean;
}

/** What an application needs in the environment's stores; the data stack creates it. */
export interface StoreClaims {
  readonly postgresql?: readonly PostgresqlDatabase[];
  readonly clickhouse?: readonly ClickhouseDatabase[];
  readonly redis?: RedisUser;
}

export interface AppProps<Settings> extends AppPlacement {
  readonly target: ClusterTarget;
  readonly settings: Settings;
  /** What must be there first: the namespace and the delivered secrets. @default - only the cluster */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** An application that runs. */
export interface App extends IConstruct {
  /** Rows for the application's route table; routes open after {@link ready}. */
  readonly routes: readonly Route[];
  /** How its people sign on. */
  readonly signOn: SignOn;
  readonly ready: ITerraformDependable;
}

/**
 * An entry of the catalogue of applications: one folder that says everything about it. The stacks ask it what to
 * declare, what to admit and what to create, and know nothing else of the application.
 */
export interface CatalogueApp<Settings> {
  readonly name: string;
  /** Stores that the environment must have. */
  readonly requiredStores: readonly StoreKind[];
  /** What it needs in the stores. */
  claims(placement: AppPlacement): StoreClaims;
  /** Vault paths with their readers. */
  secrets(placement: AppPlacement, settings: Settings): SecretDeclaration[];
  /** Kubernetes secrets of the application's own namespace. */
  deliveries(placement: AppPlacement, settings: Settings): DeliveredSecret[];
  /** Traffic of the application's namespace beside what is denied by default. */
  traffic(placement: AppPlacement, settings: Settings): Traffic[];
  create(scope: Construct, id: string, props: AppProps<Settings>): App;
}
