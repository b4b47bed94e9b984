import { createServer, type IncomingMessage, type Server } from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { ServerCertificate } from "./certificates";
import { APP, SIGN_ON } from "./program";

/** What is answered to a request. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Nothing is ever sent. */
  readonly never?: boolean;
  /** The connection breaks off instead. */
  readonly broken?: boolean;
}

/** A request as the gateway sees it. */
export interface Seen {
  readonly host: string;
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly websocket: boolean;
  readonly bodyLength: number;
}

/** Ways in which a deployment goes wrong: each takes the place of one part of a good one. */
export interface Parts {
  readonly route: (seen: Seen, parts: Parts) => Reply;
  readonly gate: (seen: Seen, parts: Parts) => Reply;
  readonly application: (seen: Seen) => Reply;
  readonly login: (seen: Seen) => Reply;
  readonly cleartext: (seen: Seen) => Reply;
}

export const SESSION = "__Host-gate=the-session";
const TEXT = { "content-type": "text/plain; charset=utf-8" };
export const NOT_FOUND: Reply = { status: 404, headers: TEXT, body: "404 page not found\n" };
export const FORBIDDEN: Reply = { status: 403, headers: TEXT, body: "Forbidden" };

export const LOGIN_PAGE: Reply = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: '<form>Sign in<input type="password"></form>',
};

/** A gateway as declared: Traefik, OAuth2-Proxy, the identity provider and an application that tells what it was sent. */
export const GOOD: Parts = {
  route: (seen, parts) => {
    const { host, path, method } = seen;
    if (host === SIGN_ON) return parts.login(seen);
    if (host !== APP) return NOT_FOUND;
    const below = (prefix: string) => path === prefix || path.startsWith(`${prefix}/`);
    if (below("/api/metrics")) return FORBIDDEN;
    if (below("/oauth2/main") && ["GET", "HEAD"].includes(method))
      return { status: 302, headers: { location: authorize("n:/") } };
    if (path === "/api/track" && ["POST", "OPTIONS"].includes(method)) return parts.application(seen);
    if (path === "/script.js" && ["GET", "HEAD", "OPTIONS"].includes(method)) return parts.application(seen);
    if (below("/live") || below("/api/export") || method === "OPTIONS") return parts.application(seen);
    return parts.gate(seen, parts);
  },
  gate: (seen, parts) => {
    if (seen.headers.cookie?.includes(SESSION)) return parts.application(seen);
    if (!seen.headers.accept?.includes("text/html")) return { status: 401, body: "{}" };
    // Below its own path a gate keeps no page to come back to.
    const page = seen.path.startsWith("/oauth2/") ? "/" : seen.url;
    return { status: 302, headers: { location: authorize(`nonce:${page}`, seen.host) } };
  },
  application: ({ path, headers, websocket, method }) => {
    if (websocket && path.startsWith("/live")) return { status: 101 };
    if (path.startsWith("/api/export")) return { status: 401, body: '{"error":"client id"}' };
    if (method === "OPTIONS") return { status: 204 };
    const seen = Object.entries(headers).filter(([name]) => !CLAIMS.test(name));
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(seen) };
  },
  login: () => LOGIN_PAGE,
  cleartext: ({ host, url }) => ({ status: 308, headers: { location: `https://${host}${url}` } }),
};

const CLAIMS =
  /^(x[-_]auth[-_]request[-_]|x-forwarded-|(x-)?remote-user|x-webauth-|impersonate-|openpanel-client-ip|true-client-ip|x-(cluster-)?client-ip|x-original-|x-real-ip|x-rewrite-|host)/;

/** Where a gate sends a browser of a host, and where it has the code sent. */
export function authorize(state: string, host = APP, signOn = SIGN_ON, callback = "/oauth2/main/callback"): string {
  const back = encodeURIComponent(`https://${host}${callback}`);
  return `https://${signOn}/login/oauth/authorize?client_id=gate&redirect_uri=${back}&state=${encodeURIComponent(state)}`;
}

/** A running gateway. */
export interface Gateway {
  readonly port: number;
  readonly cleartextPort: number;
  /** Requests that reached it over TLS. */
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

/** Starts a gateway on this machine. */
export async function startGateway(certificate: ServerCertificate, changed: Partial<Parts> = {}): Promise<Gateway> {
  const parts = { ...GOOD, ...changed };
  const seen: Seen[] = [];
  const routed = (each: Seen) => {
    seen.push(each);
    return parts.route(each, parts);
  };
  const secure = serve(https.createServer(certificate), routed);
  const plain = serve(createServer(), parts.cleartext);
  await Promise.all([secure, plain].map((server) => new Promise<void>((done) => server.listen(0, "127.0.0.1", done))));
  const close = (server: Server) =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return {
    port: portOf(secure),
    cleartextPort: portOf(plain),
    seen,
    close: async () => void (await Promise.all([close(secure), close(plain)])),
  };
}

function serve<T extends Server>(server: T, answer: (seen: Seen) => Reply): T {
  server.on("request", (request: IncomingMessage, response) => {
    let bodyLength = 0;
    request.on("data", (chunk: Buffer) => {
      bodyLength += chunk.length;
    });
    request.on("end", () => {
      const { status, headers, body, never, broken } = answer(seenOf(request, false, bodyLength));
      if (broken) request.socket.destroy();
      else if (!never) response.writeHead(status, headers).end(body);
    });
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
    const { status, headers = {}, body = "", never, broken } = answer(seenOf(request, true, 0));
    socket.on("error", () => undefined);
    if (broken) socket.destroy();
    if (never || broken) return;
    const upgraded = status === 101 ? { connection: "Upgrade", upgrade: "websocket" } : { connection: "close" };
    const lines = Object.entries({ ...headers, ...upgraded }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} Answer\r\n${lines.join("")}\r\n${body}`);
  });
  // A client that leaves early is one of the cases.
  server.on("tlsClientError", () => undefined);
  return server;
}

function seenOf({ headers, method = "GET", url = "/" }: IncomingMessage, websocket: boolean, bodyLength: number): Seen {
  const path = decodeURIComponent(url.split("?")[0] ?? "/");
  return { host: (headers.host ?? "").replace(/:\d+$/, ""), method, path, url, headers, websocket, bodyLength };
}

function portOf(server: Server): number {
  const address: string | AddressInfo | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  return address.port;
}
