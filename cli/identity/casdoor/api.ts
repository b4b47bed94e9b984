import { isJsonObject, type Json, type JsonObject } from "../../../constructs/core/json";
import { type RetryPolicy, withRetries } from "../../retry";
import type { SecretValue } from "../../secrets/secret-value";
import type { IdentityConnection } from "../connection";
import { IdentityFailure, passes } from "../failure";
import { type HttpAnswer, send } from "./transport";

/** Casdoor's API: reads are repeated as long as that may help, writes are sent once. */
export interface CasdoorApi {
  /** For messages. */
  readonly name: string;
  /** The `data` of the answer; null for what is not there. */
  get(action: string, query: Readonly<Record<string, string>>): Promise<Json>;
  /** @returns whether Casdoor says that something was written: it says no for some failures too */
  post(action: string, query: Readonly<Record<string, string>>, body: JsonObject): Promise<boolean>;
}

export interface CasdoorCredentials {
  readonly clientId: string;
  readonly clientSecret: SecretValue;
}

/**
 * Speaks to Casdoor as one of its applications, which makes the caller an administrator of everything. The credentials
 * travel in a header: what stands in a query is logged by every proxy on the way.
 *
 * @see https://casdoor.org/docs/basic/public-api
 */
export function casdoorApi(
  connection: IdentityConnection,
  { clientId, clientSecret }: CasdoorCredentials,
  retry: RetryPolicy,
): CasdoorApi {
  const name = `Casdoor at ${connection.address}`;
  const basic = Buffer.from(`${clientId}:${clientSecret.reveal()}`).toString("base64");
  const headers = {
    accept: "application/json",
    // Its messages are translated, and some have to be told apart.
    "accept-language": "en",
    authorization: `Basic ${basic}`,
  };
  const path = (action: string, query: Readonly<Record<string, string>>) =>
    `/api/${action}?${new URLSearchParams(query).toString()}`;
  return {
    name,
    get: (action, query) =>
      withRetries(retry, passes, async () => {
        const answer = await send(connection, { method: "GET", path: path(action, query), headers }, name);
        return dataOf(name, action, answer, [clientSecret.reveal()]);
      }),
    post: async (action, query, body) => {
      const sent = { ...headers, "content-type": "application/json" };
      const request = { method: "POST", path: path(action, query), headers: sent, body: JSON.stringify(body) } as const;
      const secrets = [clientSecret.reveal(), ...(typeof body.clientSecret === "string" ? [body.clientSecret] : [])];
      return dataOf(name, action, await send(connection, request, name), secrets) === "Affected";
    },
  };
}

/** Errors come with status 200 and say so in their body; a page of HTML comes with status 200 for what it does not know. */
function dataOf(name: string, action: string, { status, text }: HttpAnswer, secrets: readonly string[]): Json {
  const failure = (kind: IdentityFailure["kind"], problem: string, fix: string) =>
    new IdentityFailure(kind, name, problem, fix);
  const body = parse(text);
  const said = isJsonObject(body) && typeof body.msg === "string" ? hide(body.msg, secrets) : "";
  if (status === 429 || status === 408 || status >= 500) {
    return raise(failure("busy", `it could not ${action}: ${said || `status ${status}`}`, "Try again in a moment."));
  }
  if (status === 401 || status === 403) return raise(denied(name, action));
  const known = isJsonObject(body) && (body.status === "ok" || body.status === "error");
  if (status !== 200 || !known) {
    const fix = "Check the URL: something in front of it may have answered, such as a gate or a redirect.";
    return raise(failure("rejected", `it gave an answer to ${action} that is not Casdoor's (status ${status})`, fix));
  }
  if (body.status === "ok") return body.data ?? null;
  if (said === "Unauthorized operation" || /please (login|sign in) first/i.test(said))
    return raise(denied(name, action));
  if (PASSING.test(said)) {
    return raise(failure("busy", `it could not ${action}: ${said}`, "Check its database, and try again in a moment."));
  }
  return raise(failure("rejected", `it refused to ${action}: ${said || "without a reason"}`, ""));
}

/** What its database driver says when the database is away for a moment. */
const PASSING =
  /bad connection|connection (refused|reset|timed out)|database system is|too many (clients|connections)|i\/o timeout|broken pipe|unexpected EOF|deadlock|driver: |no such host/i;

/** Casdoor takes no notice of wrong credentials in a header: it goes on as if there were none. */
export function denied(name: string, action: string): IdentityFailure {
  const problem = `it does not let us ${action}: it does not know the client id and secret, or not as an administrator`;
  const fix =
    "Vault and its app-built-in must hold the same: `strata secrets status`, and restart it after a rotation.";
  return new IdentityFailure("denied", name, problem, fix);
}

/** A message may quote what was sent. */
function hide(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== "").reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

function raise(error: Error): never {
  throw error;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
