import type { ClusterDriver } from "../clusters/driver";
import { FakeClusters } from "../clusters/fake";
import { cloudflare } from "./hooks/cloudflare";
import { helm } from "./hooks/helm";
import { kubernetes } from "./hooks/kubernetes";
import { random } from "./hooks/random";
import type { ProviderHooks } from "./hooks/types";
import { vault } from "./hooks/vault";
import { vultr } from "./hooks/vultr";
import { type CallListener, CallObserver } from "./observer";
import { SimulatedProvider } from "./provider";
import { loadSchema, type ProviderSchema } from "./schema/load";
import { type RunningServer, serve } from "./server";
import { keepJournal } from "./world/journal";
import { restoreFromState, type ShapeFinder } from "./world/state";
import { World } from "./world/world";

const PROVIDERS: readonly ProviderHooks[] = [vultr, cloudflare, helm, kubernetes, vault, random];

/** How the simulated providers start. */
export interface ProvidersOptions {
  /** Folder of state files: what they hold exists. @default the world starts empty */
  readonly stateDir?: string;
  /**
   * File that keeps the world whatever becomes of the states, for tests of recovery. Where it exists already, it and
   * not the state files says what exists. @default none is kept
   */
  readonly journal?: string;
  /** Require a journal: `strict` without one is a mistake. @default false */
  readonly strict?: boolean;
  /** Told of every call of the protocol, for tests that stop Terraform at one. @default - nobody */
  readonly onCall?: CallListener;
  /** What stands behind clusters; the one who made it ends it. @default - credentials that reach nothing */
  readonly clusters?: ClusterDriver;
  /** Names of the providers to serve, such as `vultr`: real ones may serve beside them. @default - all */
  readonly only?: readonly string[];
}

/** Simulated providers that listen on this machine. */
export interface RunningProviders {
  /** The value of TF_REATTACH_PROVIDERS. */
  readonly reattach: string;
  /** Everything that exists in the simulated APIs. */
  readonly world: World;
  /** Version of the schema that each provider serves, by its address. */
  readonly versions: Readonly<Record<string, string>>;
  stop(): void;
}

/** Starts the simulated providers in this process. Terraform uses them when its environment has `reattach`. */
export async function startProviders(options: ProvidersOptions = {}): Promise<RunningProviders> {
  if (options.strict && options.journal === undefined) throw new Error("Strict providers need the file of a journal.");
  const world = new World(options.strict);
  const clusters = options.clusters ?? new FakeClusters();
  const loaded = selected(options.only).map((hooks) => ({ hooks, schema: loadSchema(hooks.name) }));
  const observer = options.onCall && new CallObserver(options.onCall);
  fillWorld(world, options, finder(loaded.map(({ schema }) => schema)));
  const running = await Promise.all(
    loaded.map(async ({ hooks, schema }) => ({
      address: schema.address,
      version: schema.version,
      server: await serve(new SimulatedProvider(schema, hooks, world, clusters), observer),
    })),
  );
  return {
    world,
    reattach: JSON.stringify(Object.fromEntries(running.map(({ address, server }) => [address, reattachment(server)]))),
    versions: Object.fromEntries(running.map(({ address, version }) => [address, version])),
    stop: () => {
      for (const { server } of running) server.stop();
    },
  };
}

function selected(only: readonly string[] | undefined): readonly ProviderHooks[] {
  if (only === undefined) return PROVIDERS;
  const known = PROVIDERS.map(({ name }) => name);
  const stranger = only.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Error(`There is no simulated provider ${stranger}: ${known.join(", ")}.`);
  return PROVIDERS.filter(({ name }) => only.includes(name));
}

function fillWorld(world: World, { stateDir, journal }: ProvidersOptions, shapeOf: ShapeFinder): void {
  if (journal !== undefined) keepJournal(world, journal, shapeOf);
  if (stateDir !== undefined && world.size === 0) restoreFromState(world, stateDir, shapeOf);
}

function finder(schemas: readonly ProviderSchema[]): ShapeFinder {
  return (address, type) => {
    const schema = schemas.find((each) => each.address === address);
    return schema?.json.resource_schemas?.[type] === undefined ? undefined : schema.shape("resource_schemas", type);
  };
}

/** Terraform calls Pid dead or alive: it must be a process that lives as long as the providers do. */
function reattachment({ port }: RunningServer): Record<string, unknown> {
  const address = { Network: "tcp", String: `127.0.0.1:${port}` };
  return { Protocol: "grpc", ProtocolVersion: 6, Pid: process.pid, Test: true, Addr: address };
}
