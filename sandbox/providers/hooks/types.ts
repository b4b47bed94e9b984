import type { ClusterDriver } from "../../clusters/driver";
import type { Value, Values } from "../wire/values";
import type { World } from "../world/world";

/** What the simulated API answers instead of doing what it was asked: it ends as an error of Terraform. */
export class Refusal extends Error {
  constructor(
    readonly summary: string,
    readonly detail = "",
  ) {
    super(summary);
  }
}

/** Who asks: the connection's provider configuration and the part of the world that it reaches. */
export interface Call {
  readonly world: World;
  /** What stands behind clusters. */
  readonly clusters: ClusterDriver;
  /** What a provider configuration is bound to: the API server of a cluster, the address of a Vault; else empty. */
  readonly scope: string;
  /** The configuration of the provider on this connection; null as long as it has none. */
  readonly provider: Values | null;
  readonly type: string;
}

/** A create, update or delete. `state` starts as the planned state and is what the hook changes. */
export interface Change extends Call {
  readonly id: string;
  readonly prior: Values | null;
  readonly config: Values | null;
  readonly state: Values;
  /** Deterministic hex digits for everything that is made up for this object. */
  readonly digest: string;
}

/** What the schema of a resource does not say: see the README for how to add one. */
export interface ResourceHook {
  /** Paths (`metadata.name`) whose change makes a new object. */
  readonly forceNew?: readonly string[];
  /** Values of attributes that are not configured, by path. */
  readonly defaults?: Readonly<Record<string, Value>>;
  /** Paths whose change the real provider accepts and drops. */
  readonly silentlyIgnored?: readonly string[];
  /** Attributes that the real provider does not read back: what the state says stays. */
  readonly unreadable?: readonly string[];
  /** Attributes that are only known after apply whenever anything else changes. */
  readonly recomputed?: readonly string[];
  /** The id that the API gives; by default made from the planned values. */
  readonly id?: (state: Values, call: Call) => string;
  /** What the API says when there is an object with this id already. */
  readonly taken?: (id: string, state: Values) => Refusal;
  /** Refuses a configuration; unknown values must be let through. Runs at validate and plan. */
  readonly validate?: (config: Values) => void;
  /** Whether making what exists already writes over it instead of being refused. @default - refused */
  readonly overwrites?: (state: Values, world: World) => boolean;
  readonly create?: (change: Change) => void | Promise<void>;
  readonly update?: (change: Change) => void | Promise<void>;
  readonly delete?: (change: Change) => void | Promise<void>;
  /** What reading an object that is gone ends with. @default - Terraform forgets it */
  readonly missing?: (id: string) => Refusal;
  /** Whether the provider has no import for it. @default false */
  readonly notImported?: boolean;
  /** The id of the object that an import id names, where they differ. */
  readonly importId?: (id: string) => string;
}

/** Fills a data source: what it leaves unknown is made up from the configuration. */
export type DataHook = (state: Values, call: Call) => void;

/** Everything about one provider beyond its schema. */
export interface ProviderHooks {
  /** Name of the schema file. */
  readonly name: string;
  /** Providers on the older SDK may return other values than planned; Terraform lets only them. */
  readonly legacyTypeSystem: boolean;
  /** The API's form of an id, from 64 hex digits. */
  readonly formatId: (digest: string) => string;
  readonly scope?: (provider: Values) => string;
  /** Runs before every call that would reach the API. */
  readonly reach?: (call: Call) => void;
  readonly resource?: (type: string) => ResourceHook | undefined;
  readonly dataSource?: (type: string) => DataHook | undefined;
}
