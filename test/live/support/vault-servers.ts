import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { certificate, INTERNAL_SERVICE } from "../../../constructs/components/vault/certificate";
import { serverConfig, TLS_FOLDER } from "../../../constructs/components/vault/server";
import { isJsonObject, type Json } from "../../../constructs/core/json";
import type { Authority } from "../../../sandbox/live/pki";
import type { RunningServer, Servers } from "../../../sandbox/live/servers";
import { ClusterNames } from "../../../sandbox/live/vault/cluster-names";
import { inherited } from "../../../sandbox/run/environment";
import { askVault } from "./vault-requests";

/** What several servers of one Vault are made of. */
export interface VaultServersOptions {
  /** A folder of their own. */
  readonly folder: string;
  readonly count: number;
  readonly servers: Servers;
  readonly authority: Authority;
  /** The program `vault`. */
  readonly program: string;
}

/** One of them. */
export interface VaultServer {
  readonly name: string;
  /** URL for clients. */
  readonly address: string;
  /** Stands for the audit volume. */
  readonly auditLog: string;
  readonly certificate: string;
  /** Undefined when it does not run. */
  running: RunningServer | undefined;
}

interface Health {
  readonly initialised: boolean;
  readonly sealed: boolean;
  readonly leads: boolean;
}

/**
 * The servers of one Vault, started with the configuration that the component renders. What is changed in it is what a
 * pod has to itself: its addresses, the paths of its volumes, and that it tells Kubernetes of itself. The names by which
 * the servers look for each other stay: a proxy stands for the cluster's DNS, so they check each other's certificate for
 * the name in it, as in the cluster.
 */
export class VaultServers {
  readonly all: VaultServer[] = [];
  private names: ClusterNames | undefined;

  constructor(private readonly options: VaultServersOptions) {}

  /** Starts all of them: none is initialised. */
  async start(): Promise<void> {
    const { count } = this.options;
    const ports = await freePorts(2 * count);
    this.names = await ClusterNames.start((host) => this.all.find(({ name }) => isName(host, name))?.address);
    for (let index = 0; index < count; index++) {
      this.all.push(await this.launch(`vault-${index}`, ports[2 * index] ?? 0, ports[2 * index + 1] ?? 0));
    }
  }

  async health({ address }: VaultServer): Promise<Health | undefined> {
    const path = "sys/health?standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200";
    const answer = await askVault({ address, ca: this.options.authority.certificate }, { method: "GET", path }).catch(
      () => undefined,
    );
    const body = answer?.body;
    if (typeof body !== "object" || body === null) return undefined;
    const is = (key: string) => Reflect.get(body, key) === true;
    return {
      initialised: is("initialized"),
      sealed: is("sealed"),
      leads: is("initialized") && !is("sealed") && !is("standby"),
    };
  }

  /** The server that leads; undefined while none does. */
  async leader(): Promise<VaultServer | undefined> {
    for (const server of this.all) {
      if (server.running?.running && (await this.health(server))?.leads) return server;
    }
    return undefined;
  }

  async stop(): Promise<void> {
    for (const { running } of this.all) await running?.stop();
    await this.names?.stop();
  }

  private async launch(name: string, port: number, clusterPort: number): Promise<VaultServer> {
    const { authority, servers, program } = this.options;
    const folder = path.join(this.options.folder, name);
    const at = (part: string) => path.join(folder, part);
    for (const part of ["data", "tls", "audit"]) mkdirSync(at(part), { recursive: true, mode: 0o700 });
    const issued = await authority.issue({ subject: `CN=vault`, hosts: certificateHosts() });
    writeFileSync(at("tls/tls.crt"), issued.certificate);
    writeFileSync(at("tls/tls.key"), issued.key, { mode: 0o600 });
    writeFileSync(at("tls/ca.crt"), authority.certificate);
    const rendered = serverConfig(this.options.count);
    const config = [
      ["[::]:8200", `127.0.0.1:${port}`],
      ["[::]:8201", `127.0.0.1:${clusterPort}`],
      [TLS_FOLDER, at("tls")],
      ["/vault/data", at("data")],
      ['service_registration "kubernetes" {}\n', ""],
    ].reduce((text, [from = "", to = ""]) => {
      if (!text.includes(from)) throw new Error(`The configuration has no ${from} any more.`);
      return text.replaceAll(from, to);
    }, rendered);
    writeFileSync(at("config.hcl"), config);
    const address = `https://127.0.0.1:${port}`;
    const server: VaultServer = {
      name,
      address,
      auditLog: at("audit/audit.log"),
      certificate: at("tls/tls.crt"),
      running: undefined,
    };
    server.running = await servers.start({
      name,
      command: program,
      args: ["server", `-config=${at("config.hcl")}`],
      cwd: folder,
      env: {
        ...inherited(),
        HOME: folder,
        VAULT_RAFT_NODE_ID: name,
        VAULT_API_ADDR: address,
        VAULT_CLUSTER_ADDR: `https://127.0.0.1:${clusterPort}`,
        HTTPS_PROXY: this.names?.proxy ?? "",
        NO_PROXY: "127.0.0.1",
        CHECKPOINT_DISABLE: "1",
      },
      log: at("vault.log"),
      ready: async () => (await this.health(server)) !== undefined,
    });
    return server;
  }
}

function isName(host: string, server: string): boolean {
  return host === `${server}.${INTERNAL_SERVICE}`;
}

/** Names and addresses in the certificate that the component asks for. */
function certificateHosts(): string[] {
  const plain: Json = JSON.parse(JSON.stringify(certificate("vault")));
  const spec = isJsonObject(plain) ? plain.spec : undefined;
  if (!isJsonObject(spec)) throw new Error("The certificate has no spec.");
  return [spec.dnsNames, spec.ipAddresses].flatMap((each) => (Array.isArray(each) ? each.map(String) : []));
}

async function freePorts(count: number): Promise<number[]> {
  const open = await Promise.all(Array.from({ length: count }, listen));
  await Promise.all(open.map(({ close }) => close()));
  return open.map(({ port }) => port);
}

function listen(): Promise<{ readonly port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve({ port, close: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}
