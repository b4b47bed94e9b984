import type { RequestListener } from "node:http";

/** A request that reads: nothing of it changes the world. */
export interface FaceRequest {
  readonly method: string;
  /** Decoded parts of the path, without its query. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Value of a header; empty where there is none. */
  header(name: string): string;
  /** Whether the client showed a certificate that the server's authority signed. */
  readonly certified: boolean;
}

/** What an API answers: a status and a JSON document. */
export interface FaceAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The reading half of an HTTP API, answered from the simulated world. */
export type Face = (request: FaceRequest) => FaceAnswer;

/** Answers HTTP requests with a face. */
export function listener(face: Face): RequestListener {
  return (request, response) => {
    request.resume();
    const url = new URL(request.url ?? "/", "http://face.invalid");
    const { socket } = request;
    const { status, body } = face({
      method: request.method ?? "GET",
      path: url.pathname.split("/").filter(Boolean).map(decodeURIComponent),
      query: url.searchParams,
      header: (name) => [request.headers[name]].flat().at(0) ?? "",
      certified: "authorized" in socket && socket.authorized === true,
    });
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
}

/** The token of an `Authorization: Bearer` header; empty where there is none. */
export function bearer(request: FaceRequest): string {
  return /^Bearer (\S+)$/.exec(request.header("authorization"))?.[1] ?? "";
}

/** The items of a list that come after the first `start`, at most `size`; a size that makes no sense is the default. */
export function pageOf<T>(items: readonly T[], start: number, size: number, otherwise: number): readonly T[] {
  return items.slice(start, start + (size > 0 ? size : otherwise));
}
