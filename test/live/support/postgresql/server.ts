import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ports } from "../../../../sandbox/clusters/embedded/ports";
import type { Authority } from "../../../../sandbox/live/pki";
import type { RunningServer, Servers } from "../../../../sandbox/live/servers";
import { commandAs, give, programFolder, type ServerUser, serverUser } from "./programs";
import { type Ran, run } from "./run";

const PROGRAMS = programFolder();
const USER = serverUser();
const ports = new Ports();

/** How a client comes to a server. */
export interface Client {
  readonly user: string;
  readonly database: string;
  readonly password?: string;
  /** Name under which it knows the server. */
  readonly host: string;
  /** @default "verify-full" */
  readonly tls?: "verify-full" | "disable";
}

/** A PostgreSQL server of the distribution, with the files that the operator would give it. */
export class PostgresqlServer {
  readonly folder: string;
  private running: RunningServer | undefined;

  private constructor(
    readonly name: string,
    root: string,
    readonly port: number,
    private readonly servers: Servers,
  ) {
    this.folder = path.join(root, name);
  }

  /** Prepares a server in a folder of its own below another; nothing runs yet. */
  static async prepare(name: string, root: string, servers: Servers): Promise<PostgresqlServer> {
    const server = new PostgresqlServer(name, root, await ports.pick(), servers);
    for (const folder of ["", "socket", "archive"]) server.makeFolder(folder);
    return server;
  }

  get data(): string {
    return path.join(this.folder, "data");
  }

  /** Where its write-ahead log is archived. */
  get archive(): string {
    return path.join(this.folder, "archive");
  }

  get user(): ServerUser {
    return USER;
  }

  /** Environment of a client that trusts the authority of this server. */
  clientEnvironment(client: Client): Record<string, string> {
    return {
      ...environment(),
      PGHOST: client.host,
      // The name is what the certificate is compared with; nobody resolves it here.
      PGHOSTADDR: "127.0.0.1",
      PGPORT: String(this.port),
      PGUSER: client.user,
      PGDATABASE: client.database,
      PGSSLMODE: client.tls ?? "verify-full",
      PGSSLROOTCERT: path.join(this.folder, "ca.crt"),
      ...(client.password === undefined ? {} : { PGPASSWORD: client.password }),
    };
  }

  async initialise(): Promise<void> {
    await this.must("initdb", ["--pgdata", this.data, "--username=postgres", ...INITDB]);
  }

  /** Writes its certificate, as the operator's secrets hold it. */
  async certify(authority: Authority, hosts: readonly string[]): Promise<void> {
    const [first = this.name] = hosts;
    const { certificate, key } = await authority.issue({ subject: `CN=${first}`, hosts });
    this.write("ca.crt", authority.certificate);
    this.write("server.crt", certificate);
    this.write("server.key", key, 0o600);
  }

  async start(settings: Readonly<Record<string, string>>): Promise<void> {
    const all = { ...this.fixedSettings(), ...settings };
    const [command, ...args] = commandAs(USER, path.join(PROGRAMS, "postgres"));
    this.running = await this.servers.start({
      name: `PostgreSQL ${this.name}`,
      command,
      args: [...args, "-D", this.data, ...Object.entries(all).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
      cwd: this.folder,
      env: environment(),
      log: path.join(this.folder, "log"),
      ready: async () => (await this.program("pg_isready", ["--host", this.socket, "--quiet"])).code === 0,
    });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  /** A statement of somebody on the machine itself, through the socket. */
  async sql(statement: string, { user = "postgres", database = "postgres" } = {}): Promise<string> {
    const { code, out, err } = await this.localSql(statement, { user, database });
    if (code !== 0) throw new Error(`${statement.replace(/PASSWORD '[^']*'/g, "PASSWORD ...")}: ${err}`);
    return out;
  }

  /** The same, whatever comes of it. */
  localSql(statement: string, { user, database }: { readonly user: string; readonly database: string }): Promise<Ran> {
    return this.program("psql", [...PSQL, "--host", this.socket, "-U", user, "-d", database, "-c", statement]);
  }

  /** A statement of a client from elsewhere. */
  remoteSql(statement: string, client: Client): Promise<Ran> {
    const env = this.clientEnvironment(client);
    return run([path.join(PROGRAMS, "psql"), ...PSQL, "-c", statement], { env, cwd: this.folder });
  }

  /** Runs one of PostgreSQL's programs as the server's user. */
  program(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const command = commandAs(USER, path.join(PROGRAMS, name));
    const own = { ...environment(), PGPORT: String(this.port), ...env };
    return run([...command, ...args], { env: own, cwd: this.folder });
  }

  /** The same, and it has to succeed. */
  async must(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { code, err } = await this.program(name, args, env);
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${err}`);
  }

  /** Writes a file of the server, for its user only when told so. */
  write(name: string, text: string, mode = 0o644): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, text, { mode });
    give(file, USER);
    return file;
  }

  private get socket(): string {
    return path.join(this.folder, "socket");
  }

  private makeFolder(name: string): void {
    const folder = path.join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    give(folder, USER);
  }

  private fixedSettings(): Record<string, string> {
    const file = (name: string) => path.join(this.folder, name);
    return {
      listen_addresses: "127.0.0.1",
      port: String(this.port),
      unix_socket_directories: this.socket,
      hba_file: file("pg_hba.conf"),
      ident_file: file("pg_ident.conf"),
      ssl: "on",
      ssl_ca_file: file("ca.crt"),
      ssl_cert_file: file("server.crt"),
      ssl_key_file: file("server.key"),
      archive_mode: "on",
      archive_command: `cp %p ${this.archive}/%f`,
      // Nothing of this outlives the machine's memory.
      fsync: "off",
    };
  }
}

const INITDB = ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync", "--auth=reject"];
const PSQL = ["--no-psqlrc", "--quiet", "--no-password", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1"];

function environment(): Record<string, string> {
  return { PATH: `${PROGRAMS}:/usr/bin:/bin`, LC_ALL: "C.UTF-8" };
}
