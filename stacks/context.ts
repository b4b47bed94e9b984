import type { App } from "cdktf";
import type { ListedRoute } from "../constructs/access/route-table";
import { INTERNAL_ISSUER } from "../constructs/components/cert-manager";
import { vaultServiceUrl } from "../constructs/components/vault";
import { StrataError } from "../constructs/core/errors";
import { isHostBelow } from "../constructs/core/hosts";
import type { LayerStackProps, StackPosition, StackRef } from "../constructs/core/layer-stack";
import { stackId } from "../constructs/core/names";
import type { StateBackend } from "../constructs/core/state-backend";
import { useChartMirror } from "../constructs/kubernetes/chart-mirror";
import type { VaultAddress } from "../constructs/kubernetes/secret-delivery";
import type { Cluster, Environment, Network, Platform } from "../schema/model";
import type { CostItem } from "./cost";

/** What one run builds, and how. */
export interface ProgramOptions {
  /** Only the stacks that this environment owns; the configuration may hold no other environment then. @default - all */
  readonly environment?: string;
  /** Only the stacks whose ids match one of these patterns (`*` for any text, separated by commas). @default - all */
  readonly only?: string;
  /** Stacks whose `prevent_destroy` is left out, as patterns. @default - none */
  readonly allowDestroy?: string;
  /** Keep every state in local files. @default - as configured */
  readonly localState?: boolean;
  /** Name the charts' own repositories even where the configuration has a mirror: to fill it. @default - as configured */
  readonly chartRepositories?: boolean;
}

/** Routes of a stack, for the program's description. */
export interface StackRoutes {
  readonly stack: string;
  readonly routes: readonly ListedRoute[];
}

/** What the stacks share while they are built: the configuration, the names of all stacks, and what they report. */
export class ProgramContext {
  readonly backend: StateBackend;
  readonly routes: StackRoutes[] = [];
  readonly costs: (CostItem & { readonly stack: string })[] = [];

  constructor(
    readonly app: App,
    readonly platform: Platform,
    private readonly options: ProgramOptions,
  ) {
    this.backend = options.localState ? { type: "local" } : platform.state;
    const { mirror } = platform.charts;
    if (mirror !== undefined && !options.chartRepositories) useChartMirror(app, mirror);
  }

  /** Every stack of the configuration is in this build. */
  get complete(): boolean {
    return this.options.only === undefined && this.options.environment === undefined;
  }

  wants(id: string): boolean {
    const { environment, only } = this.options;
    const owned = environment === undefined || this.stacksOf(this.environment(environment)).includes(id);
    return owned && matches(id, only ?? "*");
  }

  /** Ids of all stacks that an environment owns, whether or not they are in this build. */
  stacksOf({ name, cluster, dedicated, backups }: Environment): string[] {
    const store = backups !== false && this.platform.backups?.type === "vultr" ? [stackId.backups(name)] : [];
    const own = [...store, stackId.data(name), stackId.apps("apps", name)];
    if (!dedicated) return own;
    const { network } = this.cluster(cluster);
    // A network that other clusters share belongs to none of them.
    const shared = this.platform.clusters.some((other) => other.network === network && other.name !== cluster);
    const { cluster: l1, base, secrets, services } = stackId;
    return [
      ...(shared ? [] : [stackId.network(network)]),
      l1(cluster),
      base(cluster),
      secrets(cluster),
      services(cluster),
      ...own,
    ];
  }

  /** A stack by id, whether or not it is in this build. */
  ref(id: string): StackRef {
    return { id, backend: this.backend };
  }

  stackProps(id: string, position: StackPosition): LayerStackProps {
    const { allowDestroy } = this.options;
    const leaving = this.platform.environments.filter(({ lifecycle }) => lifecycle === "deleting");
    return {
      ...position,
      backend: this.backend,
      allowDestroy:
        (allowDestroy !== undefined && matches(id, allowDestroy)) ||
        leaving.some((environment) => this.stacksOf(environment).includes(id)),
    };
  }

  cluster(name: string): Cluster {
    return found(this.platform.clusters, name, "cluster");
  }

  network(cluster: Cluster): Network {
    return found(this.platform.networks, cluster.network, "network");
  }

  environment(name: string): Environment {
    return found(this.platform.environments, name, "environment");
  }

  get zoneNames(): readonly string[] {
    return this.platform.zones.map((zone) => zone.name);
  }

  /** Reference to the stack that owns the zone of a host: the longest zone that the host is below. */
  zoneOf(host: string) {
    const zones = this.platform.zones.filter((zone) => isHostBelow(host, zone.name));
    const zone = zones.sort((a, b) => b.name.length - a.name.length)[0];
    if (zone === undefined) {
      throw StrataError.of({
        where: "platform.yaml zones",
        problem: "host is outside every zone of the platform",
        value: host,
        fix: `Use a host below ${this.zoneNames.join(" or ")}, or add its zone.`,
      });
    }
    return { zone, edge: this.ref(stackId.edge(zone.name)) };
  }

  /** A host of the platform's own services. */
  internalHost(label: string): string {
    return `${label}.${this.platform.domains.internal}`;
  }

  /** Vault as a cluster reaches it: the central one by its service name, the others by its host. */
  vaultAddress(cluster: Cluster): VaultAddress {
    return cluster.central
      ? { url: vaultServiceUrl(), internalIssuer: INTERNAL_ISSUER }
      : { url: `https://${this.internalHost("vault")}` };
  }
}

/** Whether an id matches one of several patterns, separated by commas. */
export function matches(id: string, patterns: string): boolean {
  return patterns.split(",").some((pattern) => {
    const expression = pattern
      .trim()
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*");
    return new RegExp(`^${expression}$`).test(id);
  });
}

function found<T extends { readonly name: string }>(items: readonly T[], name: string, what: string): T {
  const item = items.find((candidate) => candidate.name === name);
  if (item !== undefined) return item;
  throw StrataError.of({
    where: "configuration",
    problem: `there is no ${what} ${name}`,
    fix: `Use one of ${items.map((candidate) => candidate.name).join(", ")}.`,
  });
}
