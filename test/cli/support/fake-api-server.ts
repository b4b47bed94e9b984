import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ClusterAccess } from "../../../cli/kubernetes/cluster-access";
import { createAuthority } from "./certificate";

interface StoredSecret {
  resourceVersion: number;
  data: Record<string, string>;
}

type Answer = readonly [status: number, body: unknown];

/** An API server with client certificates that knows namespaces and secrets. */
export class FakeApiServer {
  readonly secrets = new Map<string, StoredSecret>();
  readonly requests: string[] = [];
  /** Called before each request is answered; a status it gives is the answer. */
  onRequest: (method: string, path: string) => number | undefined = () => undefined;
  private readonly authority = createAuthority("Cluster CA");
  private readonly server;

  private constructor(readonly namespaces: readonly string[]) {
    const { certificate, key } = this.authority.issue("kube-apiserver");
    const ca = this.authority.certificate;
    const options = { cert: certificate, key, ca, requestCert: true, rejectUnauthorized: true };
    this.server = createServer(options, (request, response) => void this.handle(request, response));
  }

  static async start(namespaces: readonly string[]): Promise<FakeApiServer> {
    const server = new FakeApiServer(namespaces);
    await new Promise<void>((resolve) => server.server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** What the cluster stack would publish. */
  outputs(): ReadonlyMap<string, string> {
    const { certificate, key } = this.authority.issue("cluster-admin");
    const { port } = this.server.address() as AddressInfo;
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const entries: Readonly<Record<keyof ClusterAccess, string>> = {
      host: `127.0.0.1:${port}`,
      ca: base64(this.authority.certificate),
      certificate: base64(certificate),
      key: base64(key),
    };
    return new Map([
      ["host", entries.host],
      ["cluster_ca_certificate", entries.ca],
      ["client_certificate", entries.certificate],
      ["client_key", entries.key],
    ]);
  }

  value(secret: string, key: string): string {
    return Buffer.from(this.secrets.get(secret)?.data[key] ?? "", "base64").toString("utf8");
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    this.requests.push(`${method} ${url}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const text = Buffer.concat(chunks).toString("utf8");
    const fault = this.onRequest(method, url);
    if (fault === 0) return void request.socket.destroy();
    const [status, body] = fault === undefined ? this.answer(method, url, text) : [fault, { message: text }];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  }

  private answer(method: string, path: string, text: string): Answer {
    const [, namespace = "", name] = /^\/api\/v1\/namespaces\/([^/]+)(?:\/secrets(?:\/(.+))?)?$/.exec(path) ?? [];
    if (!this.namespaces.includes(namespace)) return [404, { message: `namespaces "${namespace}" not found` }];
    if (!path.includes("/secrets")) return [200, {}];
    const body = text === "" ? {} : JSON.parse(text);
    return method === "POST" ? this.create(namespace, body) : this.change(`${namespace}/${name}`, body);
  }

  private create(namespace: string, body: { metadata: { name: string }; data: Record<string, string> }): Answer {
    const id = `${namespace}/${body.metadata.name}`;
    if (this.secrets.has(id)) return [409, { message: "already exists" }];
    this.secrets.set(id, { resourceVersion: 1, data: body.data });
    return [201, body];
  }

  private change(id: string, body: { metadata?: { resourceVersion: string }; data?: Record<string, string> }): Answer {
    const known = this.secrets.get(id);
    if (known === undefined) return [404, { message: "not found" }];
    if (body.data !== undefined) {
      if (body.metadata?.resourceVersion !== `${known.resourceVersion}`) return [409, { message: "modified" }];
      this.secrets.set(id, {
        resourceVersion: known.resourceVersion + 1,
        data: { ...known.data, ...body.data },
      });
    }
    return [200, { metadata: { resourceVersion: `${known.resourceVersion}` }, data: known.data }];
  }
}
