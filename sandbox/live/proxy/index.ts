import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { Socket } from "node:net";
import path from "node:path";
import type { Duplex } from "node:stream";
import { Failure } from "../../run/failure";
import type { Authority } from "../pki";
import { type Place, placeOf } from "./place";
import { TlsHosts } from "./tls-hosts";

/** What answers for a host on a port; nothing: the proxy refuses it. */
export type HostResolver = (host: string, port: number) => RequestListener | undefined;

export interface ProxyOptions {
  /** Signs the certificates of the hosts that the proxy answers for. */
  readonly authority: Authority;
  /** What answers, by host name (all of them on port 443), or a function that knows. */
  readonly hosts: Readonly<Record<string, RequestListener>> | HostResolver;
  /** Folder for the certificate that clients have to trust. */
  readonly folder: string;
}

/** One request that came to the proxy. */
export interface ProxiedRequest {
  readonly host: string;
  readonly port: number;
  /** `CONNECT` for a connection that was refused. */
  readonly method: string;
  /** Without the query, which may carry secrets; empty for a connection. */
  readonly path: string;
  /** Whether the proxy knows nobody who answers for the host. */
  readonly refused: boolean;
}

/** A proxy that runs. */
export interface RunningProxy {
  /** `http://127.0.0.1:<port>`: the value of HTTPS_PROXY. */
  readonly url: string;
  /** File of the certificate authority: the value of SSL_CERT_FILE. */
  readonly caFile: string;
  /**
   * What a client needs in its environment. Plain HTTP goes to the proxy too, so that it is refused there, and this
   * machine itself is reached directly.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that was asked for, the first first. */
  requests(): readonly ProxiedRequest[];
  /** Ends it with every connection. */
  stop(): Promise<void>;
}

/**
 * A proxy for HTTPS that does not pass anything on: for the hosts it knows it ends TLS itself, with certificates of the
 * sandbox's own authority, and answers in their place; everything else is refused. So programs ask for the real names,
 * and nothing ever leaves the machine.
 */
export async function startProxy({ authority, hosts, folder }: ProxyOptions): Promise<RunningProxy> {
  const resolve = typeof hosts === "function" ? hosts : resolverOf(hosts);
  const requests: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  const tlsHosts = new TlsHosts(authority, ({ host, port }, method, file) => {
    requests.push({ host, port, method, path: file, refused: false });
  });
  const server = createServer((request, response) => {
    const place = placeOf(request.url ?? "", 80);
    if (place !== undefined) requests.push({ ...place, method: request.method ?? "", path: "", refused: true });
    response.writeHead(502, PLAIN);
    response.end(`The sandbox answers over HTTPS only, not for ${request.url?.replace(/\?.*/, "")}.\n`);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    // A client that goes away in the middle is no reason to stop.
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const place = placeOf(request.url ?? "", 443);
    const listener = place && resolve(place.host, place.port);
    if (place !== undefined && listener !== undefined) return tlsHosts.accept(place, listener, socket, head);
    if (place !== undefined) requests.push({ ...place, method: "CONNECT", path: "", refused: true });
    refuse(socket, place);
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  const port = await listen(server);
  const caFile = path.join(folder, "sandbox-ca.pem");
  mkdirSync(folder, { recursive: true });
  writeFileSync(caFile, authority.certificate);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    caFile,
    environment: {
      HTTP_PROXY: url,
      HTTPS_PROXY: url,
      http_proxy: url,
      https_proxy: url,
      NO_PROXY: "127.0.0.1,localhost,::1",
      SSL_CERT_FILE: caFile,
    },
    requests: () => requests,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const PLAIN = { "content-type": "text/plain; charset=utf-8", connection: "close" } as const;

function resolverOf(hosts: Readonly<Record<string, RequestListener>>): HostResolver {
  const known = new Map(Object.entries(hosts).map(([host, listener]) => [host.toLowerCase(), listener]));
  return (host, port) => (port === 443 ? known.get(host) : undefined);
}

function refuse(socket: Duplex, place: Place | undefined): void {
  const asked = place === undefined ? "what was asked for" : `${place.host}:${place.port}`;
  const reason = `The sandbox has nobody who answers for ${asked}, and reaches no network.\n`;
  const head = [
    // Clients show this line and seldom what follows it.
    `HTTP/1.1 502 The sandbox has nobody who answers for ${asked}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(reason)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${reason}`);
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new Failure(`The sandbox's proxy does not start: ${error.message}`)));
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address.port);
      else reject(new Failure("The sandbox's proxy got no port."));
    });
  });
}
