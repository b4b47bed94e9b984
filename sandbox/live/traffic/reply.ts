import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

/** An answer, before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export function redirect(location: string, cookie?: string | string[]): Reply {
  return { status: 302, headers: { location, ...(cookie !== undefined && { "set-cookie": cookie }) } };
}

export function json(status: number, body: object): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

export function sendReply(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers).end(body);
}
