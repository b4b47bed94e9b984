import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** The URL of the server that a name means inside the central cluster; undefined for a name that it does not have. */
export type NameLookup = (host: string) => string | undefined;

/**
 * Stands in for the DNS of the central cluster, in which Vault runs in production: there `kubernetes.default.svc` is
 * that cluster's API server. It is a proxy, so Vault still asks for the name and checks the certificate for it; every
 * other name is refused, so Vault reaches nothing else.
 */
export class ClusterNames {
  private readonly sockets = new Set<Socket | Duplex>();

  private constructor(private readonly server: Server) {}

  static async start(lookup: NameLookup): Promise<ClusterNames> {
    const server = createServer((_, response) => response.writeHead(403).end());
    const names = new ClusterNames(server);
    server.on("connect", (request, client: Duplex, first: Buffer) => {
      const host = request.url?.replace(/:\d+$/, "") ?? "";
      names.tunnel(client, lookup(host), first);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return names;
  }

  /** For HTTPS_PROXY; loopback addresses are not sent to proxies. */
  get proxy(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${isInternet(address) ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    this.server.closeAllConnections();
    await closed;
  }

  private tunnel(client: Duplex, url: string | undefined, first: Buffer): void {
    client.on("error", () => client.destroy());
    if (url === undefined) {
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const { hostname, port } = new URL(url);
    const server = connect(Number(port || 443), hostname);
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    }
    server.once("connect", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      server.write(first);
      client.pipe(server).pipe(client);
    });
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => server.destroy());
  }
}

function isInternet(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
