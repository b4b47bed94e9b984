import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Certificate } from "./certificate";

/** What may happen to a request: `drop` and `slow` do the work and lose or delay the answer, `late` delays the work. */
export type Fault = "refuse" | "drop" | "slow" | "late" | 429 | 500 | 503;

export interface FakeVaultOptions {
  readonly initialised?: boolean;
  readonly sealed?: boolean;
  readonly kvVersion?: "1" | "2" | "none";
  /** Paths below the mount that the token may not touch. */
  readonly denied?: readonly string[];
  readonly tls?: Certificate;
  readonly fault?: (request: { readonly method: string; readonly path: string }) => Fault | undefined;
  /** Milliseconds of what is slow or late. */
  readonly delay?: number;
  /** Logins that are accepted, by the path of the auth method. */
  readonly logins?: Readonly<Record<string, { readonly role: string; readonly jwt: string }>>;
  /** Where the leader is, for a server that is not. @default - it leads itself */
  readonly leader?: string;
  /** Seal status is still "sealed" for so many questions after the last key, as on a replica that joins. */
  readonly joining?: number;
}

interface Version {
  data: Record<string, unknown> | null;
  version: number;
}

export const TOKEN = "hvs.token-of-the-test";
/** What a login gives. */
export const LOGIN_TOKEN = "hvs.token-of-a-login";
/** When every version was written. */
export const WRITTEN = "2026-11-21T13:29:57.901142686Z";
export const KEYS = ["key-one", "key-two", "key-three"];
const THRESHOLD = 2;

type Answer = readonly [status: number, body: unknown];

/** An in-memory Vault that speaks as much of its HTTP API as our command uses. */
export class FakeVault {
  readonly secrets = new Map<string, Version>();
  readonly requests: string[] = [];
  /** What Vault was asked to make its keys with. */
  initialisedWith: Readonly<Record<string, unknown>> | undefined;
  /** Called after a write was stored and before it is answered. */
  onWrite: (path: string) => void = () => undefined;
  private readonly tokens = new Set([TOKEN]);
  private working = 0;
  private initialised: boolean;
  private sealed: boolean;
  private given = new Set<string>();
  private joining: number;
  private readonly server;

  private constructor(private readonly options: FakeVaultOptions) {
    this.initialised = options.initialised ?? true;
    this.sealed = options.sealed ?? !this.initialised;
    this.joining = options.joining ?? 0;
    const handle = (request: IncomingMessage, response: ServerResponse) => void this.handle(request, response);
    const { tls } = options;
    this.server = tls ? createHttpsServer({ cert: tls.certificate, key: tls.key }, handle) : createHttpServer(handle);
  }

  static async start(options: FakeVaultOptions = {}): Promise<FakeVault> {
    const vault = new FakeVault(options);
    await new Promise<void>((resolve) => vault.server.listen(0, "127.0.0.1", resolve));
    return vault;
  }

  get address(): string {
    const { port } = this.server.address() as AddressInfo;
    return `${this.options.tls ? "https" : "http"}://127.0.0.1:${port}`;
  }

  get env() {
    return { VAULT_ADDR: this.address, VAULT_TOKEN: TOKEN };
  }

  put(path: string, data: Record<string, unknown> | null): void {
    this.secrets.set(path, { data, version: (this.secrets.get(path)?.version ?? 0) + 1 });
  }

  /** Every value that is stored, to look for in what was printed. */
  values(): readonly string[] {
    return [...this.secrets.values()].flatMap(({ data }) => Object.values(data ?? {})).map(String);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Waits until nothing is under way: what is late is done then. */
  async idle(): Promise<void> {
    while (this.working > 0) await pause(5);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.working++;
    await this.serve(request, response).finally(() => this.working--);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "";
    const path = (request.url ?? "").replace("/v1/", "");
    const fault = this.options.fault?.({ method, path });
    this.requests.push(`${method} ${path}${fault === undefined ? "" : ` ${fault}`}`);
    if (fault === "refuse") return void request.socket.destroy();
    const body = await readJson(request);
    if (fault === "late") await pause(this.options.delay ?? 100);
    const [status, content] =
      typeof fault === "number"
        ? faultAnswer(fault)
        : this.answer(method, path, body, request.headers["x-vault-token"]);
    if (fault === "slow") await pause(this.options.delay ?? 100);
    if (fault === "drop") return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json" });
    response.end(content === undefined ? undefined : JSON.stringify(content));
  }

  private answer(method: string, path: string, body: Record<string, unknown>, token: unknown): Answer {
    if (path === "sys/seal-status") return [200, this.status()];
    if (path === "sys/init") return this.init(body);
    if (path === "sys/unseal") return this.unseal(String(body.key));
    if (this.sealed) return [503, { errors: ["Vault is sealed"] }];
    if (path === "sys/leader") return this.leader();
    if (path.startsWith("auth/") && path.endsWith("/login")) return this.login(path.slice(5, -6), body);
    if (!this.tokens.has(String(token))) return [403, { errors: ["permission denied"] }];
    if (path === "auth/token/revoke-self") return this.revoke(String(token));
    if (path === "sys/internal/ui/mounts/secret") return this.mount();
    const [, kind = "", encoded = ""] = /^secret\/(data|metadata|subkeys)\/([^?]*)/.exec(path) ?? [];
    const name = decodeURIComponent(encoded);
    if (this.options.denied?.includes(name)) return [403, { errors: ["1 error occurred: permission denied"] }];
    if (kind === "metadata") return method === "DELETE" ? this.delete(name) : this.list(name);
    if (kind === "subkeys") return this.look(name);
    if (kind === "data") return method === "GET" ? this.read(name) : this.write(method, name, body);
    return [404, { errors: [] }];
  }

  private status() {
    if (this.sealed && this.given.size >= THRESHOLD && this.joining-- <= 0) this.open();
    const progress = this.given.size % THRESHOLD;
    return {
      initialized: this.initialised,
      sealed: this.sealed,
      t: THRESHOLD,
      n: KEYS.length,
      progress,
      version: "1.20.4",
    };
  }

  private leader(): Answer {
    const { leader } = this.options;
    return [200, { ha_enabled: true, is_self: leader === undefined, leader_address: leader ?? this.address }];
  }

  private open(): void {
    this.sealed = false;
    this.given = new Set();
  }

  private init(body: Record<string, unknown>): Answer {
    if (this.initialised) return [400, { errors: ["Vault is already initialized"] }];
    this.initialised = true;
    this.sealed = true;
    this.initialisedWith = body;
    const keys = KEYS.slice(0, Number(body.secret_shares));
    return [200, { keys, keys_base64: keys, root_token: TOKEN }];
  }

  private unseal(key: string): Answer {
    if (!this.initialised) return [400, { errors: ["server is not yet initialized"] }];
    if (!KEYS.includes(key)) {
      this.given = new Set();
      return [400, { errors: ["failed to decrypt encrypted stored keys: cipher: message authentication failed"] }];
    }
    this.given.add(key);
    return [200, this.status()];
  }

  private login(mount: string, { role, jwt }: Record<string, unknown>): Answer {
    const login = this.options.logins?.[mount];
    if (login === undefined) return [403, { errors: ["permission denied"] }];
    if (login.role !== role) return [400, { errors: [`invalid role name "${role}"`] }];
    if (login.jwt !== jwt) return [403, { errors: ["error validating token: audience claim does not match"] }];
    this.tokens.add(LOGIN_TOKEN);
    return [200, { auth: { client_token: LOGIN_TOKEN } }];
  }

  private revoke(token: string): Answer {
    this.tokens.delete(token);
    return [204, undefined];
  }

  private mount(): Answer {
    const { kvVersion = "2" } = this.options;
    if (kvVersion === "none") return [403, { errors: ["preflight capability check returned 403"] }];
    return [200, { data: { type: "kv", options: { version: kvVersion } } }];
  }

  private read(name: string): Answer {
    const known = this.secrets.get(name);
    if (known === undefined) return [404, { errors: [] }];
    return [known.data === null ? 404 : 200, { data: { data: known.data, metadata: metadataOf(known) } }];
  }

  private look(name: string): Answer {
    const known = this.secrets.get(name);
    if (known === undefined) return [404, { errors: [] }];
    const subkeys = known.data && Object.fromEntries(Object.keys(known.data).map((key) => [key, null]));
    return [subkeys === null ? 404 : 200, { data: { subkeys, metadata: metadataOf(known) } }];
  }

  private delete(name: string): Answer {
    this.secrets.delete(name);
    return [204, undefined];
  }

  private write(method: string, name: string, body: Record<string, unknown>): Answer {
    const known = this.secrets.get(name);
    const { data, options } = body as { data: Record<string, unknown>; options: { cas: number } };
    if (method === "PATCH" && (known?.data ?? null) === null) return [404, { errors: [] }];
    if (options.cas !== (known?.version ?? 0)) {
      return [400, { errors: ["check-and-set parameter did not match the current version"] }];
    }
    this.put(name, method === "PATCH" ? { ...known?.data, ...data } : data);
    this.onWrite(name);
    return [200, { data: { version: this.secrets.get(name)?.version } }];
  }

  private list(folder: string): Answer {
    const below = [...this.secrets.keys()].filter((name) => name.startsWith(folder));
    const keys = new Set(below.map((name) => name.slice(folder.length).replace(/\/.*/, "/")));
    return keys.size === 0 ? [404, { errors: [] }] : [200, { data: { keys: [...keys] } }];
  }
}

function metadataOf({ data, version }: Version) {
  const deletion_time = data === null ? "2026-12-01T00:00:00Z" : "";
  return { version, created_time: WRITTEN, deletion_time, destroyed: false };
}

function faultAnswer(status: 429 | 500 | 503): Answer {
  return [status, { errors: [status === 503 ? "Vault is sealed" : `fault ${status}`] }];
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}
