import type { IncomingMessage, ServerResponse } from "node:http";

/** What is answered to a request for a file. */
export interface Content {
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers a request to read: with the content, or 404 where there is none.
 *
 * @returns whether the content itself was sent
 */
export function answer(request: IncomingMessage, response: ServerResponse, content: Content | undefined): boolean {
  const reads = request.method === "GET" || request.method === "HEAD";
  if (!reads || content === undefined) {
    response.writeHead(reads ? 404 : 405, { "content-type": "text/plain" });
    response.end(reads ? "The sandbox serves the charts of its program here, and nothing else.\n" : "Read only.\n");
    return false;
  }
  response.writeHead(200, {
    ...content.headers,
    "content-type": content.type,
    "content-length": Buffer.byteLength(content.body),
  });
  response.end(request.method === "GET" ? content.body : undefined);
  return request.method === "GET";
}

/** The path that a request asks for, without its query; empty where it is none. */
export function pathOf(request: IncomingMessage): string {
  const { url = "" } = request;
  return URL.canParse(url, "https://host") ? decoded(new URL(url, "https://host").pathname) : "";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
