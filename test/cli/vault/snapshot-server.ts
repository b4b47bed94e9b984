import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { TOKEN } from "../support/fake-vault";

/** Files of a snapshot; `undefined` leaves one out. */
export interface SnapshotParts {
  readonly meta?: string;
  readonly state?: string;
  readonly sums?: string | undefined;
  readonly sealed?: string | undefined;
}

export const MADE = new Date("2026-11-21T13:29:58Z");

/** A snapshot as Vault makes it. */
export async function snapshot(parts: SnapshotParts = {}): Promise<Buffer> {
  const { meta = '{"Version":1,"ID":"bolt-snapshot","Index":49,"Term":3}', state = "sealed data".repeat(1000) } = parts;
  const sum = (text: string) => createHash("sha256").update(text).digest("hex");
  const sums = `${sum(meta)}  meta.json\n${sum(state)}  state.bin\n`;
  const files = {
    "meta.json": meta,
    "state.bin": state,
    SHA256SUMS: sums,
    "SHA256SUMS.sealed": "sealed",
    ...named(parts),
  };
  const archive = pack();
  for (const [name, text] of Object.entries(files)) if (text !== undefined) archive.entry({ name, mtime: MADE }, text);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

function named(parts: SnapshotParts): Readonly<Record<string, string | undefined>> {
  return {
    ...("sums" in parts ? { SHA256SUMS: parts.sums } : {}),
    ...("sealed" in parts ? { "SHA256SUMS.sealed": parts.sealed } : {}),
  };
}

export interface SnapshotServerOptions {
  readonly content: Buffer;
  readonly sealed?: boolean;
  /** Where a server that is not the leader sends clients on to. */
  readonly leader?: () => string;
  /** Breaks the connection: in the middle of a snapshot, or before a restored one is answered. */
  readonly breaksOff?: boolean;
  /** A restore without force is refused, and one with it seals Vault a moment later. */
  readonly otherKeys?: boolean;
}

/** A Vault as far as snapshots go. */
export class SnapshotServer {
  readonly requests: string[] = [];
  /** What a restore brought. */
  restored: Buffer | undefined;
  private sealed: boolean;
  private looks = 0;
  private readonly server;

  private constructor(private readonly options: SnapshotServerOptions) {
    this.sealed = options.sealed ?? false;
    const handle = (request: IncomingMessage, response: ServerResponse) => void this.handle(request, response);
    this.server = createServer(handle);
    // As Vault: the body is asked for only when it is wanted.
    this.server.on("checkContinue", handle);
  }

  static async start(options: SnapshotServerOptions): Promise<SnapshotServer> {
    const server = new SnapshotServer(options);
    await new Promise<void>((resolve) => server.server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get address(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    this.requests.push(`${method} ${url}`);
    const answer = (status: number, body?: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (url === "/v1/sys/seal-status") return answer(200, this.status());
    const { leader, breaksOff, content, otherKeys } = this.options;
    if (leader !== undefined) {
      response.writeHead(307, { location: `${leader()}${url}` });
      return void response.end();
    }
    if (request.headers["x-vault-token"] !== TOKEN) return answer(403, { errors: ["permission denied"] });
    if (method === "GET") {
      response.writeHead(200, { "content-type": "application/gzip" });
      response.write(content.subarray(0, 100));
      if (breaksOff) return void setTimeout(() => request.socket.destroy(), 20);
      return void response.end(content.subarray(100));
    }
    if (otherKeys && !url.endsWith("-force")) {
      const problem = "could not verify hash file, possibly the snapshot is using a different set of unseal keys";
      return answer(400, { errors: [problem] });
    }
    response.writeContinue();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    this.restored = Buffer.concat(chunks);
    if (breaksOff) return void request.socket.destroy();
    return answer(204);
  }

  private status() {
    if (this.options.otherKeys && this.restored !== undefined && this.looks++ >= 2) this.sealed = true;
    const common = { initialized: true, sealed: this.sealed, t: 2, n: 3, progress: 0, version: "1.21.0" };
    return this.sealed ? common : { ...common, cluster_name: "vault-cluster-1a2b" };
  }
}
