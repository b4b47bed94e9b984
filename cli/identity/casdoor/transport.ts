import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connectionReason } from "../../connection-reason";
import { errorField } from "../../error-field";
import type { IdentityConnection } from "../connection";
import { IdentityFailure } from "../failure";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** More than this is no answer of an API. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Sends a request. Redirects are answers: credentials follow none. */
export function send(
  { address, ca, timeout }: IdentityConnection,
  sent: HttpRequest,
  name: string,
): Promise<HttpAnswer> {
  const { method, path, headers, body } = sent;
  const request = address.startsWith("https:") ? requestHttps : requestHttp;
  return new Promise<HttpAnswer>((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, timeout, agent: false as const, ca };
    const under = request(`${address}${path}`, options, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) under.destroy(new Error("the answer has no end"));
        else chunks.push(chunk);
      });
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }));
    });
    under.on("timeout", () => under.destroy(new Error("no answer in time")));
    under.on("error", reject);
    under.end(body);
  }).catch((error: unknown) => {
    throw explain(name, errorField(error, "code"), errorField(error, "message") || "no answer");
  });
}

function explain(name: string, code: string, message: string): IdentityFailure {
  if (/CERT|SIGNATURE|SELF_SIGNED|TLS|EPROTO/.test(code)) {
    const fix = "Set STRATA_IDENTITY_CACERT to the file of the CA that signed its certificate, or correct --url.";
    return new IdentityFailure("untrusted", name, `no trusted connection: ${message}`, fix);
  }
  return new IdentityFailure(
    "unreachable",
    name,
    `cannot be reached: ${connectionReason(code, message)}`,
    "Check its route; before that exists: `kubectl -n casdoor port-forward svc/casdoor 8000`, --url http://127.0.0.1:8000",
  );
}
