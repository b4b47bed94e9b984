import { randomUUID } from "node:crypto";
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { Agent, request as open } from "node:https";
import { connect as connectTcp, isIPv6 } from "node:net";
import { connect as connectTls } from "node:tls";
import { PROBE_HEADER } from "./journal";

/** Who connects to the load balancer: an address of Cloudflare, or any other. */
export interface Peer {
  /** Address that the load balancer announces. */
  readonly address: string;
  /** Address of this machine that connects, where it is not the load balancer's. @default "127.0.0.1" */
  readonly from?: string;
}

export interface Request {
  readonly method?: string;
  /** Host of the TLS handshake and of the request. */
  readonly host: string;
  /** Host of the request alone. @default - the host */
  readonly asHost?: string;
  /** Path exactly as it is sent. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | string;
  /** Sent in pieces without saying how long it is. @default false */
  readonly chunked?: boolean;
  /** Ask for a WebSocket. @default false */
  readonly upgrade?: boolean;
  readonly timeoutMs?: number;
}

export interface Answer {
  /** Id under which the journal has the request. */
  readonly id: string;
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface ClientOptions {
  /** Port of the entry point. */
  readonly port: number;
  /** Certificate of who signed those of the hosts. */
  readonly certificateAuthority: string;
  readonly peer: Peer;
}

const TIMEOUT_MS = 10_000;

/** Sends requests to an entry point as a load balancer does: it announces its client by PROXY protocol, then TLS follows. */
export class Client {
  private readonly agents = new Map<string, Agent>();

  constructor(private readonly options: ClientOptions) {}

  send(request: Request): Promise<Answer> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const sent = this.open(request, id);
      sent.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const body = Buffer.concat(chunks).toString();
          resolve({ id, status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      sent.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve({ id, status: response.statusCode ?? 0, headers: response.headers, body: "" });
      });
      sent.on("timeout", () => sent.destroy(new Error(`No answer to ${request.method ?? "GET"} ${request.path}.`)));
      // A server that refuses a large body answers before it has read all of it.
      sent.on("error", reject);
      if (request.chunked && request.body !== undefined) sent.write(request.body);
      sent.end(request.chunked ? undefined : request.body);
    });
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
  }

  private open(
    { method = "GET", host, asHost, path, headers, upgrade, body, chunked, timeoutMs }: Request,
    id: string,
  ): ClientRequest {
    const length = body === undefined || chunked ? {} : { "content-length": Buffer.byteLength(body) };
    return open({
      agent: this.agent(host),
      host,
      method,
      path,
      timeout: timeoutMs ?? TIMEOUT_MS,
      headers: {
        ...length,
        ...(chunked && { "transfer-encoding": "chunked" }),
        ...headers,
        ...(upgrade ? HANDSHAKE : {}),
        host: asHost ?? host,
        [PROBE_HEADER]: id,
      },
    });
  }

  /** Connections are kept for each host: the announcement and the name of the TLS handshake belong to a connection. */
  private agent(host: string): Agent {
    const known = this.agents.get(host);
    if (known !== undefined) return known;
    const { port, certificateAuthority: ca, peer } = this.options;
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    agent.createConnection = () => {
      const socket = connectTcp({ host: "127.0.0.1", port, localAddress: peer.from });
      socket.write(announcement(peer));
      return connectTls({ socket, servername: host, ca, ALPNProtocols: ["http/1.1"] });
    };
    this.agents.set(host, agent);
    return agent;
  }
}

/** How a load balancer says who connected: version 1 of the PROXY protocol. */
export function announcement({ address }: Peer): string {
  return `PROXY ${isIPv6(address) ? `TCP6 ${address} 2001:db8::1` : `TCP4 ${address} 192.0.2.1`} 51000 443\r\n`;
}

const HANDSHAKE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": Buffer.from("a probe, 16 long").toString("base64"),
};
