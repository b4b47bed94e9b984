import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import https from "node:https";
import path from "node:path";
import { StrataError } from "../../../constructs/core/errors";
import { withRetries } from "../../retry";
import type { Session } from "../../session";
import { connect, refused, timedOut } from "./connection";
import { FetchProblem } from "./problem";
import { routeOf } from "./proxy";

/** What a server answered, read to its end. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Most bytes that are read. */
  readonly limit: number;
  /** Statuses that are an answer to the caller and not a failure. @default - 200 only */
  readonly accept?: readonly number[];
}

/** Reads from servers over HTTPS. */
export interface HttpReader {
  /** @throws FetchProblem when there is no answer that the caller takes, after the usual attempts */
  get(url: URL, options: GetOptions): Promise<Answer>;
}

const REDIRECTS = 5;

/** A reader that follows redirects, goes through the proxy of the environment and tries again what may pass. */
export function httpReader({ env, cwd, retry }: Session, timeoutMs = 30_000): HttpReader {
  const route = routeOf(env);
  const trusted = trustedFile(env.SSL_CERT_FILE, cwd);

  async function once(url: URL, options: GetOptions): Promise<Answer> {
    const port = Number(url.port || 443);
    const proxy = route.proxyFor(url.hostname, port);
    const socket = await connect(url.hostname, port, { proxy, trusted, timeoutMs });
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const headers = { "user-agent": "strata", "accept-encoding": "identity", ...options.headers };
        const request = https.request(url, { createConnection: () => socket, headers });
        request.setTimeout(timeoutMs, () => request.destroy(timedOut(url.host, timeoutMs)));
        request.once("error", (error) => reject(refused(url.host, error)));
        request.once("response", (response) => {
          read(response, url, options.limit).then((body) => {
            resolve({ url, status: response.statusCode ?? 0, headers: response.headers, body });
          }, reject);
        });
        request.end();
      });
    } finally {
      socket.destroy();
    }
  }

  async function follow(start: URL, options: GetOptions): Promise<Answer> {
    let url = start;
    let asked = options;
    for (let hop = 0; hop <= REDIRECTS; hop++) {
      requireTls(url);
      const answer = await once(url, asked);
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) {
        return checked(answer, options.accept ?? [200]);
      }
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      if (next === undefined) throw new FetchProblem(`${url.host} redirects to no address`, ELSEWHERE);
      // A token is for the server that asked for it, not for those it sends on to.
      if (next.origin !== url.origin) asked = { ...asked, headers: without(asked.headers, "authorization") };
      url = next;
    }
    throw new FetchProblem(`${start.host} redirects more than ${REDIRECTS} times`, ELSEWHERE);
  }

  return {
    get: (url, options) =>
      withRetries(
        retry,
        (error) => error instanceof FetchProblem && error.passing,
        () => follow(url, options),
      ),
  };
}

const ELSEWHERE = "Check the address of the repository.";

function read(response: IncomingMessage, url: URL, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= limit) return;
      response.destroy();
      reject(new FetchProblem(`the answer of ${url.host} is longer than ${limit} bytes`, ELSEWHERE));
    });
    const brokeOff = new FetchProblem(`${url.host} broke off in the middle`, "Try again.", true);
    response.once("error", (error) => reject(error instanceof FetchProblem ? error : brokeOff));
    // A connection that broke ends the body too, only not completely.
    response.once("close", () => (response.complete ? resolve(Buffer.concat(chunks)) : reject(brokeOff)));
  });
}

function checked(answer: Answer, accept: readonly number[]): Answer {
  const { status, url } = answer;
  if (accept.includes(status)) return answer;
  const passing = status === 429 || (status >= 500 && status !== 501);
  const fix = passing ? "Try again later." : "Check that the repository still has it, and that anybody may read it.";
  throw new FetchProblem(`${url.origin}${url.pathname} answered ${status}`, fix, passing, status);
}

function requireTls(url: URL): void {
  if (url.protocol === "https:") return;
  throw new FetchProblem(`${url.origin}${url.pathname} is not an https address`, "Use a repository that has one.");
}

function without(headers: GetOptions["headers"] = {}, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name));
}

/** As for other programs, the file of SSL_CERT_FILE is trusted instead of what is built in. */
function trustedFile(file: string | undefined, cwd: string): string | undefined {
  if (file === undefined || file === "") return undefined;
  try {
    return readFileSync(path.resolve(cwd, file), "utf8");
  } catch {
    throw StrataError.of({
      where: "SSL_CERT_FILE",
      problem: "can't be read",
      value: file,
      fix: "Correct or unset it.",
    });
  }
}
