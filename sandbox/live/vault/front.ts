import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, createServer, type Server, type TLSSocket } from "node:tls";
import type { Issued } from "../pki";
import { askAboutAudit } from "./audit-call";
import { isAboutAudit } from "./audit-file";
import { MalformedRequest, type RawRequest, requestsIn } from "./requests";
import type { Upstream } from "./upstream";

/** What is done to one request, for tests. */
export interface Interference {
  /** Waits before Vault sees it. */
  readonly delayMs?: number;
  /** Breaks the connection: before Vault sees the request, or once Vault has answered it. */
  readonly drop?: "request" | "answer";
}

/** What a front is made of. */
export interface VaultFrontOptions {
  /** Port on 127.0.0.1. */
  readonly port: number;
  readonly tls: Issued;
  readonly upstream: Upstream;
  /** Stands for the audit folder of production. */
  readonly auditFolder: string;
}

/**
 * What clients of the sandbox's Vault talk to. It hands on every byte as it is, but for the folder of the audit device:
 * production has a volume there, and the provider has to find in Vault what it wrote, or every plan would change it.
 * Nothing that goes through it is kept or printed.
 */
export class VaultFront {
  private readonly clients = new Set<TLSSocket>();
  private count = 0;
  /** Decides what is done to a request. The target holds names, never values. */
  interfere: (request: { readonly method: string; readonly target: string }) => Interference = () => ({});

  private constructor(
    private readonly server: Server,
    private readonly options: VaultFrontOptions,
  ) {
    server.on("secureConnection", (client: TLSSocket) => void this.serve(client));
    // A client that does not trust it goes away; that is not for us to tell.
    server.on("tlsClientError", () => undefined);
  }

  static async start(options: VaultFrontOptions): Promise<VaultFront> {
    const { certificate, key } = options.tls;
    const server = createServer({ cert: certificate, key, ALPNProtocols: ["http/1.1"] });
    const front = new VaultFront(server, options);
    server.listen(options.port, "127.0.0.1");
    await once(server, "listening");
    return front;
  }

  /** How many requests have come. */
  get requests(): number {
    return this.count;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const client of this.clients) client.destroy();
    await closed;
  }

  private async serve(client: TLSSocket): Promise<void> {
    this.clients.add(client);
    const { port, ca } = this.options.upstream;
    // One connection behind each, so that answers need not be understood to be handed back.
    const vault = connect({ host: "127.0.0.1", port, ca, servername: "localhost", ALPNProtocols: ["http/1.1"] });
    let answered = false;
    const end = (): void => {
      this.clients.delete(client);
      vault.destroy();
      client.destroy();
    };
    client.on("close", end).on("error", end);
    vault.on("error", () => (answered ? end() : refuse(client, "Vault does not answer")));
    vault.on("close", () => client.end());
    vault.once("data", () => {
      answered = true;
    });
    vault.pipe(client, { end: false });
    try {
      for await (const request of requestsIn(client)) await this.handOn(request, client, vault);
      vault.end();
    } catch (error) {
      if (error instanceof MalformedRequest) refuse(client, "not an HTTP/1.1 request", "400 Bad Request");
      // What is being told to the client already still reaches it.
      else if (!client.writableEnded) end();
    }
  }

  private async handOn(request: RawRequest, client: TLSSocket, vault: TLSSocket): Promise<void> {
    this.count++;
    const { method, target } = request;
    const { delayMs = 0, drop } = this.interfere({ method, target });
    if (delayMs > 0) await sleep(delayMs);
    if (drop === "request") {
      client.destroy();
      return;
    }
    if (isAboutAudit(target)) {
      const { upstream, auditFolder } = this.options;
      const answer = await askAboutAudit(request, upstream, auditFolder);
      if (drop === "answer") client.destroy();
      else await write(client, answer);
      return;
    }
    if (drop === "answer") {
      vault.unpipe(client);
      vault.once("data", () => client.destroy()).resume();
    }
    await write(vault, request.head);
    for await (const { raw } of request.body) await write(vault, raw);
  }
}

/** Resolves when the other side has taken it, so that a slow one slows the first down. */
function write(socket: TLSSocket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Tells a client in Vault's own form why there is no answer. */
function refuse(client: TLSSocket, why: string, status = "502 Bad Gateway"): void {
  const body = JSON.stringify({ errors: [why] });
  const headers = ["content-type: application/json", `content-length: ${body.length}`, "connection: close"];
  if (!client.destroyed) client.end([`HTTP/1.1 ${status}`, ...headers, "", body].join("\r\n"));
}
