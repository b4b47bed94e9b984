import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Certificate } from "../../support/certificate";
import { zeroOf } from "./casdoor-columns";

/**
 * What may happen to a request: `drop` and `slow` do the work and lose or delay the answer, `late` delays the work,
 * `quote` refuses it with a message that holds what was sent.
 */
export type Fault = "refuse" | "drop" | "slow" | "late" | 429 | 500 | 503 | "database" | "page" | "quote";

export type Row = Record<string, unknown>;
export type Table = "organization" | "group" | "provider" | "application";

export interface FakeCasdoorOptions {
  readonly fault?: (request: { readonly method: string; readonly action: string }) => Fault | undefined;
  /** Milliseconds of what is slow or late. */
  readonly delay?: number;
  /** So many reads after a write still show what was there before, as behind a cache. */
  readonly stale?: number;
  /** Secrets of providers are masked for everybody. */
  readonly masked?: boolean;
  /** Fields of applications that it takes and forgets, as a version without their column. */
  readonly forgets?: readonly string[];
  readonly tls?: Certificate;
}

export const SYNC = { clientId: "strata-identity-sync", clientSecret: "s3cret-of-the-sync-client" };
const DENIED = { status: "error", msg: "Unauthorized operation" };
const FORBIDDEN = /[/?:#&%=+;]/;

/**
 * An in-memory Casdoor that answers as the source of version 3.158.0 does, as far as our command uses it: errors with
 * status 200, wrong credentials taken for none, whole objects replaced, secrets masked, some failures told as "ok".
 */
export class FakeCasdoor {
  readonly tables: Record<Table, Map<string, Row>> = {
    organization: new Map(),
    group: new Map(),
    provider: new Map(),
    application: new Map(),
  };
  readonly requests: string[] = [];
  /** Called after a write was stored and before it is answered. */
  onWrite: (action: string) => void = () => undefined;
  /** Called before a request is worked on, which waits for it. */
  onRequest: (line: string) => void | Promise<void> = () => undefined;
  private working = 0;
  private readonly before = new Map<string, { readonly row: Row | undefined; left: number }>();
  private readonly server;
  private port = 0;

  private constructor(private readonly options: FakeCasdoorOptions) {
    const handle = (request: IncomingMessage, response: ServerResponse) => void this.handle(request, response);
    const { tls } = options;
    this.server = tls ? createHttpsServer({ cert: tls.certificate, key: tls.key }, handle) : createHttpServer(handle);
    this.put("organization", { owner: "admin", name: "built-in", passwordType: "bcrypt", dcrPolicy: "disabled" });
    this.put("application", {
      owner: "admin",
      name: "app-built-in",
      organization: "built-in",
      tags: [],
      ...SYNC,
    });
  }

  static async start(options: FakeCasdoorOptions = {}): Promise<FakeCasdoor> {
    const casdoor = new FakeCasdoor(options);
    await new Promise<void>((resolve) => casdoor.server.listen(0, "127.0.0.1", resolve));
    casdoor.port = (casdoor.server.address() as AddressInfo).port;
    return casdoor;
  }

  get address(): string {
    return `${this.options.tls ? "https" : "http"}://127.0.0.1:${this.port}`;
  }

  /** Stores a row as its database would: every column has a value. */
  put(table: Table, row: Row): void {
    this.tables[table].set(`${row.owner}/${row.name}`, { ...zeroOf(table), ...row });
  }

  row(table: Table, id: string): Row {
    const row = this.tables[table].get(id);
    if (row === undefined) throw new Error(`there is no ${table} ${id}`);
    return row;
  }

  application(name: string): Row {
    return this.row("application", `admin/${name}`);
  }

  /** Every secret that is stored, to look for in what was printed. */
  values(): readonly string[] {
    const rows = [...this.tables.application.values(), ...this.tables.provider.values()];
    return rows.flatMap(({ clientSecret }) => (typeof clientSecret === "string" && clientSecret ? [clientSecret] : []));
  }

  get writes(): readonly string[] {
    return this.requests.filter((line) => line.startsWith("POST "));
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
    const url = new URL(request.url ?? "", "http://casdoor");
    const action = url.pathname.replace("/api/", "");
    const fault = this.options.fault?.({ method, action });
    const line = `${method} ${action} ${url.searchParams.get("id") ?? ""}`.trim();
    this.requests.push(`${line}${fault === undefined ? "" : ` ${fault}`}`);
    await this.onRequest(line);
    if (fault === "refuse") return void request.socket.destroy();
    const body = await bodyOf(request);
    if (fault === "late") await pause(this.options.delay ?? 100);
    const failed = fault === "database" ? { status: "error", msg: "driver: bad connection" } : undefined;
    if (typeof fault === "number" || fault === "page") {
      response.writeHead(typeof fault === "number" ? fault : 200, { "content-type": "text/html" });
      return void response.end("<!doctype html><title>Casdoor</title>");
    }
    const quoted = fault === "quote" ? { status: "error", msg: `no such value: ${body.clientSecret}` } : undefined;
    const answer = failed ?? quoted ?? this.answer(action, url.searchParams, body, request.headers.authorization);
    if (fault === "slow") await pause(this.options.delay ?? 100);
    if (fault === "drop") return void request.socket.destroy();
    response.writeHead(200, { "content-type": typeof answer === "string" ? "text/html" : "application/json" });
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  }

  private answer(
    action: string,
    query: URLSearchParams,
    body: Row,
    authorization: string | undefined,
  ): object | string {
    const admin = this.isApplication(authorization);
    const [, verb = "", noun = ""] =
      /^(get|add|update)-(organization|group|provider|application)s?$/.exec(action) ?? [];
    const table = tableOf(noun);
    if (table === undefined) return "<!doctype html><title>Casdoor</title>";
    const open = action === "get-application" || action === "get-provider";
    if (!admin && !open) return DENIED;
    if (action === "get-applications" || action === "get-groups") {
      const owner = query.get("owner") ?? "";
      return ok([...this.tables[table].values()].filter((row) => owner === "" || row.owner === owner));
    }
    const id = query.get("id") ?? "";
    if (verb === "get") return this.get(table, id, query, admin);
    if (typeof body.name === "string" && FORBIDDEN.test(body.name)) {
      return { status: "error", msg: "Field 'name' contains forbidden characters" };
    }
    return verb === "add" ? this.add(table, body) : this.update(table, id, body);
  }

  /** Any application is an administrator; wrong credentials are taken for none. */
  private isApplication(authorization = ""): boolean {
    const [clientId, ...secret] = Buffer.from(authorization.replace("Basic ", ""), "base64").toString().split(":");
    return [...this.tables.application.values()].some(
      (row) => row.clientId === clientId && row.clientSecret === secret.join(":") && row.clientId !== "",
    );
  }

  private get(table: Table, id: string, query: URLSearchParams, admin: boolean): object {
    const row = this.seen(table, id);
    if (row === undefined) return ok(null);
    if (table === "organization") return ok(row.masterPassword === "" ? row : { ...row, masterPassword: "***" });
    if (table === "provider") {
      if (query.get("withSecret") === "1" && (this.options.masked || query.get("userId") !== "built-in/admin")) {
        return { status: "error", msg: "The user: app/app-built-in doesn't exist" };
      }
      return ok(query.get("withSecret") === "1" ? row : { ...row, clientSecret: "***" });
    }
    if (table === "group") return ok({ ...row, users: [] });
    const organizationObj = this.tables.organization.get(`admin/${row.organization}`) ?? null;
    const items = Array.isArray(row.providers) ? row.providers : [];
    const providers = items.map((item: Row) => ({ ...item, provider: this.tables.provider.get(`admin/${item.name}`) }));
    const shown = { ...row, organizationObj, certPublicKey: "", CertObj: null, providers };
    if (admin) return ok(shown);
    return ok({
      ...shown,
      clientSecret: "***",
      redirectUris: [],
      grantTypes: [],
      tokenFormat: "***",
      expireInHours: -1,
    });
  }

  private add(table: Table, body: Row): object {
    const id = `${body.owner}/${body.name}`;
    const rows = [...this.tables[table].entries()];
    if (table === "application") {
      if (rows.some(([, row]) => row.clientId === body.clientId)) return ok("Unaffected");
      // What the database refuses is told as "ok".
      if (this.tables.application.has(id) || JSON.stringify(body.redirectUris ?? []).length > 1000)
        return ok("Unaffected");
    } else if (rows.some(([key, row]) => key === id || (table !== "organization" && row.name === body.name))) {
      return { status: "error", msg: `pq: duplicate key value violates unique constraint "${table}_pkey"` };
    }
    const signupItems = table === "application" && !hasItems(body.signupItems) ? [{ name: "ID" }] : body.signupItems;
    this.store(table, id, { ...body, ...(table === "application" && { signupItems }) }, undefined);
    return ok("Affected");
  }

  /** Replaces the whole row: a field that is not sent is empty afterwards, and one that it does not know is lost. */
  private update(table: Table, id: string, body: Row): object {
    const old = this.tables[table].get(id);
    if (old === undefined) return ok("Unaffected");
    const taken = [...this.tables.application.values()].some((row) => row.clientId === body.clientId);
    if (table === "application" && old.clientId !== body.clientId && taken) return ok("Unaffected");
    const kept = ["clientSecret", "masterPassword"].filter((name) => body[name] === "***");
    this.store(table, id, { ...body, ...Object.fromEntries(kept.map((name) => [name, old[name]])) }, old);
    return ok("Affected");
  }

  private store(table: Table, id: string, body: Row, old: Row | undefined): void {
    const columns = zeroOf(table);
    const row = Object.fromEntries(
      Object.entries(columns).map(([name, zero]) => [
        name,
        this.options.forgets?.includes(name) ? zero : (withoutObjects(body[name]) ?? zero),
      ]),
    );
    this.tables[table].set(id, row);
    if (this.options.stale) this.before.set(`${table} ${id}`, { row: old, left: this.options.stale });
    this.onWrite(`${table} ${id}`);
  }

  private seen(table: Table, id: string): Row | undefined {
    const before = this.before.get(`${table} ${id}`);
    // Providers are looked up by their name alone.
    const name = id.replace(/^.*\//, "");
    if (table === "provider") return [...this.tables.provider.values()].find((row) => row.name === name);
    if (before === undefined || before.left-- <= 0) return this.tables[table].get(id);
    return before.row;
  }
}

function tableOf(noun: string): Table | undefined {
  const tables = ["organization", "group", "provider", "application"] as const;
  return tables.find((table) => table === noun);
}

function ok(data: unknown): object {
  return { status: "ok", msg: "", data, data2: null };
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

/** The items of a list are stored without the objects that Casdoor puts into them when they are read. */
function withoutObjects(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item) => (typeof item === "object" && item !== null ? { ...item, provider: undefined } : item));
}

async function bodyOf(request: IncomingMessage): Promise<Row> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? {} : (JSON.parse(text) as Row);
}
