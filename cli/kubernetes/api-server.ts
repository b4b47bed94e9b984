import { request } from "node:https";
import { StrataError } from "../../constructs/core/errors";
import type { ClusterAccess } from "./cluster-access";

/** One request to an API server. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: object;
  /** Media type of the answer. @default "application/json" */
  readonly accept?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON. */
  readonly body: unknown;
  /** The server's own time; the clocks of the two machines may differ. @default - it told none */
  readonly date?: Date;
}

/** Sends a request; tests hand in their own. */
export type ApiTransport = (request: ApiRequest) => Promise<ApiAnswer>;

/** No answer came: the same request may be sent again, because all of them are safe to repeat. */
export class ApiUnreachable extends StrataError {
  constructor(host: string, reason: string) {
    const fix = "Check that its endpoint is open for your address, and that the l1-cluster stack is current.";
    super([{ where: `API server ${host}`, problem: `cannot be reached: ${reason}`, fix }]);
  }
}

/** Talks to an API server with a client certificate. */
export function apiTransport(access: ClusterAccess, timeout = 30_000): ApiTransport {
  const { host, ca, certificate, key } = access;
  return ({ method, path, body, accept = "application/json" }) =>
    new Promise((resolve, reject) => {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      // Node tells the length of a body by itself, but not for DELETE.
      const headers = { accept, ...(content && { "content-type": type, "content-length": content.length }) };
      const sent = request(`${host}${path}`, { method, headers, ca, cert: certificate, key, timeout }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", (error) => reject(new ApiUnreachable(host, error.message)));
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            body: parse(Buffer.concat(chunks)),
            date: dateOf(answer.headers.date),
          }),
        );
      });
      sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
      sent.on("error", (error) => reject(new ApiUnreachable(host, error.message)));
      sent.end(content);
    });
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString("utf8"));
  } catch {
    return undefined;
  }
}

function dateOf(header: string | undefined): Date | undefined {
  const date = new Date(header ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}
