import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import { Authority } from "../../../../sandbox/live/pki";
import { VaultFront } from "../../../../sandbox/live/vault/front";
import { type RawRequest, requestsIn } from "../../../../sandbox/live/vault/requests";

const folders: string[] = [];

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-vault-"));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Answers one request with the bytes that a server would send. */
export type Answer = (request: RawRequest, body: string, socket: TLSSocket) => string | Promise<string>;

/** A server behind a front, which answers as a test says, and what has reached it. */
export class Fronted {
  readonly seen: string[] = [];
  connections = 0;

  private constructor(
    readonly front: VaultFront,
    readonly port: number,
    private readonly ca: string,
    private readonly closeServer: () => Promise<void>,
  ) {}

  static async start(answer: Answer, auditFolder = "/sandbox/audit"): Promise<Fronted> {
    const authority = await Authority.create("test");
    const tls = await authority.issue({ subject: "CN=vault", hosts: ["127.0.0.1", "localhost"] });
    const sockets = new Set<TLSSocket>();
    const server = createServer({ cert: tls.certificate, key: tls.key });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = await freePort();
    const upstream = { port: portOf(server.address()), ca: authority.certificate };
    const front = await VaultFront.start({ port, tls, upstream, auditFolder });
    const fronted = new Fronted(front, port, authority.certificate, async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      sockets.add(socket);
      fronted.connections++;
      socket.on("error", () => undefined);
      void fronted.serve(socket, answer);
    });
    return fronted;
  }

  /** A connection as a client opens it. */
  async connect(): Promise<Client> {
    const socket = connect({ host: "127.0.0.1", port: this.port, ca: this.ca, servername: "localhost" });
    await once(socket, "secureConnect");
    return new Client(socket);
  }

  /** Ends what is behind the front. */
  async endServer(): Promise<void> {
    await this.closeServer();
  }

  async stop(): Promise<void> {
    await this.front.stop();
    await this.closeServer();
  }

  private async serve(socket: TLSSocket, answer: Answer): Promise<void> {
    try {
      for await (const request of requestsIn(socket)) {
        const pieces: Buffer[] = [];
        for await (const { content } of request.body) pieces.push(content);
        const body = Buffer.concat(pieces).toString("latin1");
        this.seen.push(`${request.head.toString("latin1")}${body}`);
        socket.write(await answer(request, body, socket), "latin1");
      }
    } catch {
      // The connection broke.
    }
  }
}

/** The other end of a connection. */
export class Client {
  private text = "";
  private open = true;
  private readonly waiting = new Set<() => void>();

  constructor(readonly socket: TLSSocket) {
    const wake = (): void => {
      for (const resolve of this.waiting) resolve();
      this.waiting.clear();
    };
    socket.setEncoding("latin1").on("data", (text: string) => {
      this.text += text;
      wake();
    });
    socket
      .on("error", () => undefined)
      .on("close", () => {
        this.open = false;
        wake();
      });
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** What has come, once it matches. */
  async receives(expected: RegExp): Promise<string> {
    while (!expected.test(this.text)) {
      if (!this.open) throw new Error(`The connection ended after:\n${this.text}`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    const { text } = this;
    this.text = "";
    return text;
  }

  /** All that came until the connection was closed. */
  async ends(): Promise<string> {
    while (this.open) await new Promise<void>((resolve) => this.waiting.add(resolve));
    return this.text;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function portOf(address: ReturnType<ReturnType<typeof createServer>["address"]>): number {
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}
