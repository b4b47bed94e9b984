import type { RequestListener } from "node:http";
import type { IdentityDocument } from "../../../constructs/core/identity";
import { isJsonObject, type JsonObject } from "../../../constructs/core/json";
import type { ClusterConnection } from "../../clusters/driver";
import { Failure } from "../../run/failure";
import { Authority } from "../pki";
import type { Servers } from "../servers";
import { type Backend, echo, startBackend } from "./backend";
import { Client, type Peer } from "./client";
import { CLOUDFLARE, ProxiedClient } from "./cloudflare";
import { ClusterObjects } from "./cluster-objects";
import { type Destination, nameOf } from "./destination";
import { type Gate, type GatePrograms, type RunningGate, startGate } from "./gate";
import { declaredProvider, identityClients } from "./identity-clients";
import { DISCOVERY, IdentityProvider, type Person } from "./identity-provider";
import { Journal } from "./journal";
import { becomesServed, overRoutes } from "./pod";
import { ServiceNetwork } from "./service-network";
import { type RunningTraefik, startTraefik } from "./traefik";

export type { Answer, Client, Peer, Request } from "./client";
export { CLOUDFLARE, type ProxiedClient } from "./cloudflare";
export { type Destination, nameOf } from "./destination";
export type { Gate } from "./gate";
export type { Person } from "./identity-provider";
export { PROBE_HEADER, type Received } from "./journal";
export { type LoadBalancer, startLoadBalancer } from "./load-balancer";
export { type Fault, HANG_HEADER } from "./service-network";

export interface TrafficOptions {
  readonly servers: Servers;
  /** The program of Traefik, and those of the gates. */
  readonly programs: GatePrograms & { readonly traefik: string };
  readonly connection: ClusterConnection;
  /** File with the way to the API server. */
  readonly kubeconfig: string;
  /** Folder for configuration and logs. */
  readonly folder: string;
  /** Namespace and values of the Traefik release, as they are rendered. */
  readonly proxy: { readonly namespace: string; readonly values: JsonObject };
  /** Objects of the cluster, as they are rendered. */
  readonly rendered: readonly JsonObject[];
  /** Services that the routes lead to. */
  readonly destinations: readonly Destination[];
  readonly gates: readonly Gate[];
  /** Where the identity provider stands, what is declared of it, and who can log in there. */
  readonly identity: {
    readonly destination: Destination;
    readonly document: IdentityDocument;
    readonly people: readonly Person[];
  };
}

/** Rendered routes with real traffic: the real Traefik reads them from a real API server; all behind it is played. */
export interface Traffic {
  readonly traefik: RunningTraefik;
  readonly journal: Journal;
  readonly network: ServiceNetwork;
  readonly objects: ClusterObjects;
  /** Certificate of who signed those of the hosts. */
  readonly certificateAuthority: string;
  /** Files with what the gates' programs printed. */
  readonly gateLogs: readonly string[];
  /** What was told or handed out in confidence so far: it stands in no log. */
  secrets(): readonly string[];
  /** Somebody behind Cloudflare's proxy, at the entry point `edge`. */
  proxied(address: string): ProxiedClient;
  /** Somebody who connects to an entry point himself. */
  direct(entryPoint: string, peer: Peer): Client;
  /** Does something while nobody answers for a Service. */
  withoutBackend<T>(destination: Destination, work: () => Promise<T>): Promise<T>;
  /** Does something while the session store of a gate is gone; afterwards nobody has a session there. */
  withoutSessions<T>(gate: string, work: () => Promise<T>): Promise<T>;
  /** Ends everything but the servers, whose owner ends them. */
  stop(): Promise<void>;
}

/** Under which address of the cluster Cloudflare sees its pods. */
const CLUSTER = "198.18.0.9";

/** Starts everything that the routes of one cluster need to be tried; nothing is left when it does not get there. */
export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const ends: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { ...(await started(options, ends)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function started(options: TrafficOptions, ends: (() => Promise<void> | void)[]): Promise<Omit<Traffic, "stop">> {
  const { servers, programs, kubeconfig, folder, proxy, gates, identity } = options;
  const authority = await Authority.create("routes of the sandbox");
  const journal = new Journal();
  const clients = new Clients(authority);
  ends.push(() => clients.close());
  const declared = declaredProvider(identity.document);
  const identityClientsHere = identityClients(identity.document);
  const provider = new IdentityProvider({ provider: declared, clients: identityClientsHere, people: identity.people });
  const running = new Map<string, RunningGate>();
  const gateListener =
    ({ name }: Gate): RequestListener =>
    (request, response) =>
      (running.get(name)?.listener ?? echo)(request, response);
  const network = await ServiceNetwork.start(new Map(gates.map((gate) => [gate.host, gateListener(gate)])));
  ends.push(() => network.stop());
  const objects = new ClusterObjects(options.connection, authority);
  ends.push(() => objects.close());
  await objects.define();
  await objects.apply(options.rendered);
  if (isJsonObject(proxy.values.tlsOptions)) await objects.tlsOptions(proxy.namespace, proxy.values.tlsOptions);
  const answering = new Map<string, RequestListener>([
    [
      nameOf(identity.destination),
      (request, response) => provider.answer(request, response) || echo(request, response),
    ],
    ...gates.map((gate) => [nameOf(gate.destination), gateListener(gate)] as const),
  ]);
  const backends = new Map<string, Backend>();
  const all = [...options.destinations, identity.destination, ...gates.map(({ destination }) => destination)];
  for (const [name, destination] of new Map(all.map((each) => [nameOf(each), each]))) {
    const { namespace, tls } = destination;
    const certificate = tls && (await authority.issue({ subject: "CN=backend,O=inside", hosts: [tls.serverName] }));
    const backend = await startBackend({ destination, journal, certificate, listener: answering.get(name) });
    ends.push(() => backend.stop());
    backends.set(name, backend);
    await objects.connect(backend);
    if (tls !== undefined && certificate !== undefined) await objects.tlsSecret(namespace, tls.caSecret, certificate);
  }
  const traefik = await startTraefik({
    ...{ servers, kubeconfig, folder, values: proxy.values, command: programs.traefik, httpProxy: network.url },
  });
  ends.push(() => traefik.server.stop());
  clients.use(traefik);
  // A gate asks the identity provider when it starts, over its public host.
  const pod = clients.proxied(CLUSTER);
  const { host } = new URL(declared.url);
  if (gates.length > 0) await becomesServed(pod, host, DISCOVERY);
  for (const gate of gates) {
    const clientSecret = identityClientsHere.find(({ id }) => id === gate.clientId)?.secret ?? "";
    const hosts = (asked: string): RequestListener | undefined => (asked === host ? overRoutes(pod, host) : undefined);
    const started = await startGate(gate, { servers, programs, authority, clientSecret, hosts, folder });
    ends.push(() => started.stop());
    running.set(gate.name, started);
  }
  return {
    traefik,
    journal,
    network,
    objects,
    certificateAuthority: authority.certificate,
    gateLogs: [...running.values()].map(({ log }) => log),
    secrets: () => [...provider.handedOut, ...[...running.values()].flatMap(({ secrets }) => secrets)],
    withoutBackend: (destination, work) => {
      const backend = backends.get(nameOf(destination));
      if (backend === undefined) throw new Failure(`No route leads to ${nameOf(destination)}.`);
      return objects.withoutEndpoints(backend, work);
    },
    withoutSessions: (name, work) => {
      const gate = running.get(name);
      if (gate === undefined) throw new Failure(`There is no gate ${name}.`);
      return gate.withoutSessions(work);
    },
    proxied: (address) => clients.proxied(address),
    direct: (entryPoint, peer) => clients.direct(entryPoint, peer),
  };
}

/** The clients of a run, one for each who connects, closed with it. */
class Clients {
  private readonly known = new Map<string, Client>();
  private traefik: RunningTraefik | undefined;

  constructor(private readonly authority: Authority) {}

  use(traefik: RunningTraefik): void {
    this.traefik = traefik;
  }

  direct(entryPoint: string, peer: Peer): Client {
    const key = `${entryPoint} ${peer.address} ${peer.from}`;
    const client = this.known.get(key) ?? new Client({ ...this.access(entryPoint), peer });
    this.known.set(key, client);
    return client;
  }

  proxied(address: string): ProxiedClient {
    return new ProxiedClient(this.direct("edge", { address: CLOUDFLARE }), address);
  }

  close(): void {
    for (const client of this.known.values()) client.close();
  }

  private access(entryPoint: string) {
    const port = this.traefik?.ports.get(entryPoint);
    if (port === undefined) throw new Error(`Traefik has no entry point ${entryPoint}.`);
    return { port, certificateAuthority: this.authority.certificate };
  }
}
