import type { IncomingHttpHeaders } from "node:http";

/** What came back for a request. */
export interface Answer {
  readonly kind: "answer";
  /** 101 for a connection that was upgraded. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As much of the body as is looked at. */
  readonly body: string;
}

/** Nothing came back. */
export interface Silence {
  readonly kind: "silence";
  readonly reason: "slow" | "unreachable" | "untrusted" | "refused-tls";
  /** What was seen, as in `ECONNREFUSED`. */
  readonly detail: string;
}

/** What a request led to. */
export type Reply = Answer | Silence;

/** A header of an answer; empty when it is not there. */
export function header({ headers }: Answer, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : (value ?? "");
}

/** A reply in a few words. Never with cookies, bodies or queries, which may carry what is secret. */
export function replyText(reply: Reply): string {
  if (reply.kind === "silence") return reply.detail;
  const location = header(reply, "location");
  const to = location === "" ? "" : ` to ${withoutQuery(location)}`;
  const type = header(reply, "content-type").split(";")[0] ?? "";
  return `${reply.status}${to}${to === "" && type !== "" ? ` ${type}` : ""}`;
}

/** An address as it may be shown. */
export function withoutQuery(address: string): string {
  const [shown = ""] = address.split(/[?#]/);
  return shown.replace(/\/\/[^/]*@/, "//");
}
