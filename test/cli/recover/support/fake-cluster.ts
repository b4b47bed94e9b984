import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAuthority } from "../../support/certificate";

/** One revision of a release as Helm labels its Secret. */
export interface Revision {
  readonly namespace: string;
  readonly release: string;
  readonly revision: number;
  readonly status: string;
  /** Seconds since it got that status. */
  readonly age: number;
  /** It was written again then, and made long before. @default false */
  readonly rewritten?: boolean;
}

interface Stored extends Revision {
  readonly uid: string;
  resourceVersion: number;
}

/** The content of a record, which nobody asks for. */
export const CONTENT = "cmVsZWFzZS1jb250ZW50";

/** An API server with client certificates that knows objects by their path, and Helm's records. */
export class FakeCluster {
  /** Paths of objects; an object may be on its way out. */
  readonly objects = new Map<string, "there" | "terminating">();
  readonly requests: string[] = [];
  /** May give a status in place of an answer; 0 breaks the connection. */
  onRequest: (method: string, path: string) => number | undefined = () => undefined;
  private readonly records = new Map<string, Stored>();
  private readonly authority = createAuthority("Cluster CA");
  private readonly server;

  private constructor() {
    const { certificate, key } = this.authority.issue("kube-apiserver");
    const options = { cert: certificate, key, ca: this.authority.certificate, requestCert: true };
    this.server = createServer(options, (request, response) => void this.handle(request, response));
  }

  static async start(): Promise<FakeCluster> {
    const cluster = new FakeCluster();
    await new Promise<void>((resolve) => cluster.server.listen(0, "127.0.0.1", resolve));
    return cluster;
  }

  /** What its stack publishes. */
  get outputs(): Readonly<Record<string, string>> {
    const { certificate, key } = this.authority.issue("cluster-admin");
    const { port } = this.server.address() as AddressInfo;
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    return {
      host: `https://127.0.0.1:${port}`,
      cluster_id: "c1",
      cluster_ca_certificate: base64(this.authority.certificate),
      client_certificate: base64(certificate),
      client_key: base64(key),
    };
  }

  put(...revisions: readonly Revision[]): void {
    for (const each of revisions) {
      const name = `sh.helm.release.v1.${each.release}.v${each.revision}`;
      this.records.set(`${each.namespace}/${name}`, { ...each, uid: `uid-${name}`, resourceVersion: 7 });
    }
  }

  /** Helm writes to every record. */
  touch(): void {
    for (const record of this.records.values()) record.resourceVersion += 1;
  }

  /** The records that are left, as `namespace/release v1 status`. */
  get releases(): readonly string[] {
    return [...this.records.values()].map(
      (each) => `${each.namespace}/${each.release} v${each.revision} ${each.status}`,
    );
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    this.requests.push(`${method} ${decodeURIComponent(url)}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const text = Buffer.concat(chunks).toString("utf8");
    const fault = this.onRequest(method, url);
    if (fault === 0) return void request.socket.destroy();
    const [status, body] =
      fault === undefined ? this.answer(method, new URL(url, "https://x"), text) : [fault, { message: "told to" }];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  }

  private answer(method: string, { pathname, searchParams }: URL, text: string): readonly [number, unknown] {
    const [, namespace = "", secret] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets(?:\/(.+))?$/.exec(pathname) ?? [];
    if (method === "DELETE") return this.delete(`${namespace}/${secret}`, JSON.parse(text));
    if (namespace !== "" && secret === undefined) return [200, this.list(namespace, searchParams)];
    const state = this.objects.get(pathname);
    if (state === undefined) return [404, { message: `${pathname} not found` }];
    return [200, { metadata: state === "terminating" ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {} }];
  }

  /** Two records on a page; the newest revision comes last, as names are sorted. */
  private list(namespace: string, query: URLSearchParams) {
    const all = [...this.records].filter(([, each]) => each.namespace === namespace);
    const start = Number(query.get("continue") ?? 0);
    const items = all.slice(start, start + 2).map(([id, each]) => ({
      metadata: this.metadata(id, each),
      data: { release: CONTENT },
    }));
    return { metadata: start + 2 < all.length ? { continue: String(start + 2) } : {}, items };
  }

  private metadata(id: string, each: Stored) {
    const since = Date.now() - each.age * 1000;
    const made = each.rewritten ? since - 86_400_000 : since;
    return {
      name: id.split("/")[1],
      uid: each.uid,
      resourceVersion: String(each.resourceVersion),
      creationTimestamp: new Date(made).toISOString(),
      labels: {
        owner: "helm",
        name: each.release,
        status: each.status,
        version: String(each.revision),
        ...(each.rewritten && { modifiedAt: String(Math.floor(since / 1000)) }),
      },
    };
  }

  private delete(
    id: string,
    options: { readonly preconditions?: { readonly uid: string; readonly resourceVersion: string } },
  ): readonly [number, unknown] {
    const record = this.records.get(id);
    if (record === undefined) return [404, { message: "not found" }];
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid !== record.uid || resourceVersion !== String(record.resourceVersion)) return [409, { message: "conflict" }];
    this.records.delete(id);
    return [200, {}];
  }
}
