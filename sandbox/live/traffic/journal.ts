import type { IncomingHttpHeaders } from "node:http";

/** Header by which a test finds its own request again among all that arrived. */
export const PROBE_HEADER = "x-probe-id";

/** A request as somebody behind the proxy received it. */
export interface Received {
  /** `namespace/service:port` of who received it. */
  readonly by: string;
  readonly method: string;
  /** Path with its query, as it arrived. */
  readonly path: string;
  readonly host: string;
  readonly headers: IncomingHttpHeaders;
}

/** Everything that arrived behind the proxy, by the id that the client gave its request. */
export class Journal {
  private readonly entries = new Map<string, Received[]>();

  note(received: Received): void {
    const id = received.headers[PROBE_HEADER];
    if (typeof id !== "string") return;
    const known = this.entries.get(id);
    if (known === undefined) this.entries.set(id, [received]);
    else known.push(received);
  }

  /** What arrived of one request; nothing when it was stopped before. */
  of(id: string): readonly Received[] {
    return this.entries.get(id) ?? [];
  }
}
