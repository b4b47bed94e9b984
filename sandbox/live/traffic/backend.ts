import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import type { Issued } from "../pki";
import { type Destination, nameOf } from "./destination";
import type { Journal } from "./journal";

export interface BackendOptions {
  /** The Service that it stands behind. */
  readonly destination: Destination;
  readonly journal: Journal;
  /** Certificate of a backend that speaks TLS. @default - plain HTTP */
  readonly certificate?: Issued;
  /** Who answers. @default - {@link echo} */
  readonly listener?: RequestListener;
}

/** A backend that writes down what it receives and passes nothing on. */
export interface Backend {
  readonly destination: Destination;
  /** Port of 127.0.0.1 on which it listens. */
  readonly listensOn: number;
  stop(): Promise<void>;
}

/** Starts a recording backend on 127.0.0.1. It accepts every WebSocket handshake, and then says nothing. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { destination, journal, certificate, listener = echo } = options;
  const name = nameOf(destination);
  const answer: RequestListener = (request, response) => {
    note(journal, name, request);
    listener(request, response);
  };
  const server: Server =
    certificate === undefined
      ? createServer(answer)
      : createTlsServer({ cert: certificate.certificate, key: certificate.key }, answer);
  // A connection that ends just when Traefik sends over it is a 502; only whoever stops the backend ends one.
  server.keepAliveTimeout = 0;
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    note(journal, name, request);
    socket.on("error", () => socket.destroy());
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`);
    socket.write(`Sec-WebSocket-Accept: ${acceptOf(request)}\r\n\r\n`);
    socket.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { destination, listensOn: portOf(server), stop: () => stopServer(server) };
}

function note(journal: Journal, by: string, { method = "", url = "", headers }: IncomingMessage): void {
  journal.note({ by, method, path: url, host: headers.host ?? "", headers });
}

/** Reads a request and answers 200 with how long its body was. */
export const echo: RequestListener = (request, response) => {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on("end", () => response.writeHead(200, { "content-type": "text/plain" }).end(`${bytes}\n`));
};

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2 */
function acceptOf({ headers }: IncomingMessage): string {
  const text = `${headers["sec-websocket-key"] ?? ""}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  return createHash("sha1").update(text).digest("base64");
}

/** The port of a server that listens. */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("The server does not listen on a port.");
}

/** Ends a server with all of its connections. */
export async function stopServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
