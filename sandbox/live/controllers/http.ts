import type { IncomingMessage } from "node:http";
import { type Agent, request } from "node:https";

/** One request over TLS; the agent knows the authority and the client certificate. */
export interface HttpRequest {
  readonly url: string;
  readonly agent: Agent;
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Silence after which it is given up. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends a request and takes the whole answer. */
export async function send(options: HttpRequest): Promise<HttpAnswer> {
  const response = await open(options);
  return { status: response.statusCode ?? 0, body: await textOf(response) };
}

/** The rest of an answer. */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return chunks.join("");
}

/** Tells the lines of an answer as they come; what the callback throws ends it. */
export async function linesOf(response: IncomingMessage, onLine: (line: string) => void): Promise<void> {
  let rest = "";
  for await (const chunk of response) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") onLine(line);
  }
}

/** Sends a request and answers with the beginning of the answer; the rest is read from it as text. */
export function open({ url, body, timeoutMs, headers, ...options }: HttpRequest): Promise<IncomingMessage> {
  // Node.js would send the body of a deletion without saying how long it is, and nobody would read it.
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, headers: { ...headers, ...length }, timeout: timeoutMs }, (response) => {
      response.setEncoding("utf8");
      resolve(response);
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer for ${timeoutMs / 1000} s`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The JSON of an answer. What is none is not quoted: it may be part of a secret. */
export function parseJson<A>(body: string): A {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error("the answer is not JSON");
  }
}
