import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import { errorField } from "../../error-field";
import { withRetries } from "../../retry";
import type { Session } from "../../session";

/** An API of a cloud that answers in JSON and takes a bearer token. */
export interface JsonApiOptions {
  /** As in `Vultr's API`. */
  readonly name: string;
  /** Up to and including its version. */
  readonly base: string;
  /** Variable that may name another base. */
  readonly baseVariable: string;
  /** Variable that holds the token. */
  readonly tokenVariable: string;
  /** What the token must be allowed to do. */
  readonly rights: string;
}

/** Answers of an API. */
export interface JsonApi {
  /** @returns undefined for what is not there (404) */
  get<T>(path: string, query: Readonly<Record<string, string>>, schema: z.ZodType<T>): Promise<T | undefined>;
}

/** Milliseconds that an answer may take. */
const TIMEOUT = 30_000;
/** Longest wait that a server may ask for, in seconds. */
const LONGEST_WAIT = 60;

/** The answer may be another one in a moment. */
class Passing extends StrataError {}

/** Connects to an API; the token is read when the first question is asked. It never stands in a message. */
export function jsonApi({ env, retry }: Session, options: JsonApiOptions): JsonApi {
  const where = options.name;
  const ask = async <T>(url: URL, schema: z.ZodType<T>): Promise<T | undefined> => {
    const answer = await send(url, tokenOf(env, options), where);
    const body = parse(await answer.text().catch(() => ""));
    if (answer.ok) {
      const parsed = schema.safeParse(body);
      if (parsed.success) return parsed.data;
      const problem = `GET ${url.pathname}: the answer is not what the API's description says`;
      throw StrataError.of({ where, problem, fix: `Check ${options.baseVariable}.` });
    }
    if (answer.status === 404) return undefined;
    const issue = explain(url, answer.status, body, options);
    if (answer.status !== 429 && answer.status < 500) throw StrataError.of(issue);
    const wait = Number(answer.headers.get("retry-after") ?? 0);
    if (wait > 0) await retry.sleep(Math.min(wait, LONGEST_WAIT) * 1000);
    throw new Passing([issue]);
  };
  return {
    get: (path, query, schema) => {
      const url = new URL(`${baseOf(env, options)}/${path}`);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return withRetries(
        retry,
        (error) => error instanceof Passing,
        () => ask(url, schema),
      );
    },
  };
}

async function send(url: URL, token: string, where: string): Promise<Response> {
  try {
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    return await fetch(url, { headers, redirect: "error", signal: AbortSignal.timeout(TIMEOUT) });
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const reason = errorField(cause, "code") || errorField(cause, "message") || errorField(error, "message");
    throw new Passing([
      { where, problem: `${url.origin} cannot be reached: ${reason}`, fix: "Check the network, and run it again." },
    ]);
  }
}

function tokenOf(env: Session["env"], { name, tokenVariable, rights }: JsonApiOptions): string {
  const token = env[tokenVariable]?.trim();
  if (token) return token;
  throw StrataError.of({
    where: name,
    problem: `${tokenVariable} is not set`,
    fix: `Set it to a token with ${rights}.`,
  });
}

function baseOf(env: Session["env"], { base, baseVariable }: JsonApiOptions): string {
  const text = env[baseVariable]?.trim() || base;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && loopback)) {
    // A server without a path has the API where the real one has it.
    const place = url.pathname === "/" ? new URL(base).pathname : url.pathname.replace(/\/+$/, "");
    return `${url.origin}${place}`;
  }
  const fix = `Write it as in ${base}; http is for this machine only.`;
  throw StrataError.of({ where: baseVariable, problem: "not the URL of an API", value: text, fix });
}

/** Vultr says `error`, Cloudflare a list of `errors`. */
const failure = z.object({
  error: z.string().optional(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

function explain(url: URL, status: number, body: unknown, { name, tokenVariable, rights }: JsonApiOptions) {
  const { error, errors = [] } = failure.safeParse(body).data ?? {};
  const said = [error, ...errors.map(({ message }) => message)].filter(Boolean).join("; ") || "no message";
  const problem = `GET ${url.pathname}: status ${status}, ${said}`;
  const denied = status === 400 || status === 401 || status === 403;
  const rejected = `Check ${tokenVariable}: it needs ${rights}, and its access list must hold your address.`;
  return { where: name, problem, fix: denied ? rejected : "Run it again in a moment." };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
