import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { portOf, stopServer } from "./backend";
import { PROBE_HEADER, type Received } from "./journal";

/** What is wrong with a host of the cluster's own network. */
export type Fault =
  /** Nobody listens: connections end at once. */
  | { readonly kind: "down" }
  /** It answers late. */
  | { readonly kind: "slow"; readonly milliseconds: number }
  /** It answers something else than it should. */
  | {
      readonly kind: "answers";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly bytes?: number;
    };

/** A request with this header set to anything is never answered: what waits must give up by itself. */
export const HANG_HEADER = "x-probe-hang";

/**
 * Stands for the DNS and the Service addresses of the cluster where Traefik itself asks somebody by name, as for
 * ForwardAuth: as its HTTP proxy (`HTTP_PROXY`) it gets those requests with the very address that the middleware names.
 * Whatever is on this machine's own addresses, Traefik reaches without it.
 */
export class ServiceNetwork {
  private readonly faults = new Map<string, Fault>();
  private readonly asked = new Map<string, Received[]>();
  private readonly server = createServer((request, response) => {
    const url = URL.parse(request.url ?? "");
    const listener = url === null ? undefined : this.listeners.get(url.host);
    const fault = url === null ? undefined : this.faults.get(url.host);
    if (request.headers[HANG_HEADER] !== undefined) return;
    if (url === null || listener === undefined || fault?.kind === "down") return request.socket.destroy();
    const id = request.headers[PROBE_HEADER];
    const path = `${url.pathname}${url.search}`;
    if (typeof id === "string") {
      const received = { by: url.host, method: request.method ?? "", path, host: url.host, headers: request.headers };
      this.asked.set(id, [...(this.asked.get(id) ?? []), received]);
    }
    if (fault?.kind === "answers") {
      response.writeHead(fault.status, fault.headers);
      return response.end("x".repeat(fault.bytes ?? 0));
    }
    request.url = path;
    setTimeout(() => listener(request, response), fault?.kind === "slow" ? fault.milliseconds : 0);
  });

  private constructor(private readonly listeners: ReadonlyMap<string, RequestListener>) {}

  /** @param listeners who answers, by host, with the port where it is not 80 */
  static async start(listeners: ReadonlyMap<string, RequestListener>): Promise<ServiceNetwork> {
    const network = new ServiceNetwork(listeners);
    // As a backend's: a connection that ends just when it is used would be a refusal.
    network.server.keepAliveTimeout = 0;
    network.server.listen(0, "127.0.0.1");
    await once(network.server, "listening");
    return network;
  }

  /** Value of HTTP_PROXY. */
  get url(): string {
    return `http://127.0.0.1:${portOf(this.server)}`;
  }

  /** What somebody of the network was asked because of one request. */
  askedFor(id: string): readonly Received[] {
    return this.asked.get(id) ?? [];
  }

  /** Does something while a host has a fault. */
  async during<T>(host: string, fault: Fault, work: () => Promise<T>): Promise<T> {
    this.faults.set(host, fault);
    try {
      return await work();
    } finally {
      this.faults.delete(host);
    }
  }

  stop(): Promise<void> {
    return stopServer(this.server);
  }
}
