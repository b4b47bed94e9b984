import http, { type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import { errorField } from "../../error-field";
import { backOff, type RetryPolicy } from "../../retry";
import type { Reply, Silence } from "./answer";
import { lookupProblem, type Place, type Resolver } from "./resolve";

/** A request to a deployed host. */
export interface Request {
  readonly host: string;
  /** Path and query exactly as they are sent. */
  readonly target: string;
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Plain HTTP. @default false */
  readonly cleartext?: boolean;
  /** Refuse a server whose certificate is not in order. @default false */
  readonly verified?: boolean;
}

/** How requests are sent. */
export interface ClientOptions {
  readonly resolver: Resolver;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** Whom to trust. */
  readonly trust: SecureContext;
  /** Port of plain HTTP. */
  readonly cleartextPort: number;
}

/** Sends requests and says what came back; it never throws for what a server does. */
export interface Client {
  send(request: Request): Promise<Reply>;
}

/** As much of a body as is looked at. */
const BODY_LIMIT = 64 * 1024;
/** Silence costs the whole timeout: twice is enough. */
const SLOW_ATTEMPTS = 2;
/** Answers that may be others in a moment: a rate limit, a rollout. */
const PASSING = [429, 502, 503, 504];

/** A client that repeats what may pass, each time over a new connection. */
export function client(options: ClientOptions): Client {
  return {
    send: async (request) => {
      for (let attempt = 1; ; attempt++) {
        const reply = await once(request, options);
        if (!mayPass(reply, attempt) || attempt >= options.retry.attempts) return reply;
        await backOff(options.retry, attempt + 1);
      }
    },
  };
}

function mayPass(reply: Reply, attempt: number): boolean {
  if (reply.kind === "answer") return PASSING.includes(reply.status);
  return reply.reason === "unreachable" || (reply.reason === "slow" && attempt < SLOW_ATTEMPTS);
}

async function once(request: Request, options: ClientOptions): Promise<Reply> {
  let place: Place | undefined;
  try {
    [place] = await options.resolver.places(request.host);
  } catch (error) {
    return silence("unreachable", `DNS: ${lookupProblem(error)}`);
  }
  if (place === undefined) return silence("unreachable", "DNS: no address");
  return exchange(request, place, options);
}

function exchange(request: Request, place: Place, options: ClientOptions): Promise<Reply> {
  const { host, target, method = "GET", headers, cleartext = false, verified = false } = request;
  const common: RequestOptions = {
    method,
    path: target,
    headers: { host, "user-agent": "strata-smoke", "accept-encoding": "identity", ...headers },
  };
  return new Promise((resolve) => {
    const sent = cleartext
      ? http.request({ ...common, host: place.address, port: options.cleartextPort, agent: false })
      : // Each request stands for another client: none shares a connection.
        https.request({ ...common, createConnection: () => secured(host, place, { ...options, verified }) });
    const end = (reply: Reply) => {
      clearTimeout(timer);
      resolve(reply);
      sent.destroy();
    };
    const seconds = options.timeoutMs / 1000;
    const timer = setTimeout(() => end(silence("slow", `no answer in ${seconds} s`)), options.timeoutMs);
    sent.once("error", (error) => end(silenceOf(error)));
    sent.once("upgrade", ({ headers: answered, statusCode = 101 }, socket) => {
      socket.on("error", () => undefined).destroy();
      end({ kind: "answer", status: statusCode, headers: answered, body: "" });
    });
    sent.once("response", (response) => {
      const { headers: answered, statusCode = 0 } = response;
      read(response).then(
        (body) => end({ kind: "answer", status: statusCode, headers: answered, body }),
        (error: unknown) => end(silenceOf(error)),
      );
    });
    // No body, ever: nothing that a route takes in could be stored.
    if (!["GET", "HEAD", "OPTIONS"].includes(method)) sent.setHeader("content-length", "0");
    sent.end();
  });
}

/** A connection of its own; what is wrong with it becomes the request's error. */
function secured(
  host: string,
  { address, port = 443 }: Place,
  { trust, verified }: { readonly trust: SecureContext; readonly verified: boolean },
): TLSSocket {
  const servername = isIP(host) === 0 ? host : undefined;
  return connect({ host: address, port, servername, secureContext: trust, rejectUnauthorized: verified });
}

/** The beginning of a body; the rest is not waited for. */
async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length >= BODY_LIMIT) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, BODY_LIMIT);
}

function silenceOf(error: unknown): Silence {
  const code = errorField(error, "code");
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code)) return silence("untrusted", `certificate: ${code}`);
  // The server broke the handshake off: it knows no such host, or no such client.
  if (/^ERR_SSL_|EPROTO/.test(code)) return silence("refused-tls", `TLS refused (${code})`);
  return silence("unreachable", code || errorField(error, "message") || "the connection broke off");
}

function silence(reason: Silence["reason"], detail: string): Silence {
  return { kind: "silence", reason, detail };
}
