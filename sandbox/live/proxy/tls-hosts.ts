import { createServer, type RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { Authority } from "../pki";
import type { Place } from "./place";

/** Told of each request: where to, its method, and its path without the query. */
export type RequestNote = (place: Place, method: string, path: string) => void;

/** Ends TLS for hosts and hands their requests to who answers for them. */
export class TlsHosts {
  private readonly contexts = new Map<string, Promise<SecureContext>>();
  private readonly destinations = new WeakMap<Duplex, { readonly place: Place; readonly listener: RequestListener }>();
  /** It listens nowhere: connections are handed to it. */
  private readonly server = createServer((request, response) => {
    const destination = this.destinations.get(request.socket);
    if (destination === undefined) return response.destroy();
    this.note(destination.place, request.method ?? "", (request.url ?? "").replace(/\?.*/, ""));
    const fail = (): void => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-type": "text/plain" }).end("This part of the sandbox failed.\n");
    };
    try {
      // Listeners may be asynchronous although their type does not say so.
      Promise.resolve<unknown>(destination.listener(request, response)).catch(fail);
    } catch {
      fail();
    }
  });

  constructor(
    private readonly authority: Authority,
    private readonly note: RequestNote,
  ) {
    this.server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Takes over a connection that asked for a place. */
  accept(place: Place, listener: RequestListener, socket: Duplex, head: Buffer): void {
    this.context(place.host).then(
      (secureContext) => {
        if (socket.destroyed) return;
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        // Some clients do not wait for the answer before they go on.
        if (head.length > 0) socket.unshift(head);
        const tls = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ["http/1.1"] });
        // A handshake that fails, such as of a client that does not trust us, ends this connection only.
        tls.on("error", () => tls.destroy());
        this.destinations.set(tls, { place, listener });
        this.server.emit("connection", tls);
      },
      () => socket.end("HTTP/1.1 500 The sandbox could not make a certificate\r\n\r\n"),
    );
  }

  /** One certificate for each host, made when it is first asked for. */
  private context(host: string): Promise<SecureContext> {
    const known = this.contexts.get(host);
    if (known !== undefined) return known;
    // Another subject than the authority's: a certificate whose issuer has its own name passes for self-signed.
    const made = this.authority.issue({
      subject: "CN=proxy,O=hosts of the sandbox",
      hosts: [host.replace(/^\[|\]$/g, "")],
    });
    const context = made.then(({ certificate, key }) => createSecureContext({ cert: certificate, key }));
    this.contexts.set(host, context);
    context.catch(() => this.contexts.delete(host));
    return context;
  }
}
