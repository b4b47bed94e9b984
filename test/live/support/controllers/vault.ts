import { readFileSync } from "node:fs";
import path from "node:path";
import type { ClusterConnection } from "../../../../sandbox/clusters/driver";
import type { VaultAccess } from "../../../../sandbox/live/controllers";
import { sandboxAuthority } from "../../../../sandbox/live/engine/authority";
import type { Servers } from "../../../../sandbox/live/servers";
import { SandboxVault } from "../../../../sandbox/live/vault";
import { askVault, type VaultRequest } from "../vault-requests";
import { at } from "./objects";

/** A real Vault with a KV mount `secret`, as a test fills it. */
export class VaultOfTest {
  private constructor(
    private readonly server: SandboxVault,
    private readonly token: string,
    readonly access: VaultAccess,
    /** What a command needs to reach it as its owner. */
    readonly env: Readonly<Record<"VAULT_ADDR" | "VAULT_TOKEN" | "VAULT_CACERT", string>>,
  ) {}

  static async start(options: { folder: string; servers: Servers; program: string }): Promise<VaultOfTest> {
    const { folder, servers, program } = options;
    const { authority, caFile } = await sandboxAuthority(path.join(folder, "authority"));
    const settings = { folder: path.join(folder, "vault"), servers, authority, caFile, program, logs: folder };
    const server = await SandboxVault.open(settings);
    await server.start();
    const access = { address: server.address, ca: readFileSync(caFile, "utf8") };
    const body = { secret_shares: 1, secret_threshold: 1 };
    const opened = (await askVault(access, { method: "PUT", path: "sys/init", body })).body;
    await askVault(access, { method: "PUT", path: "sys/unseal", body: { key: at(opened, "keys.0") } });
    await server.becomeActive();
    const token = String(at(opened, "root_token"));
    const env = { VAULT_ADDR: access.address, VAULT_TOKEN: token, VAULT_CACERT: caFile };
    const vault = new VaultOfTest(server, token, access, env);
    await vault.ask({ method: "POST", path: "sys/mounts/secret", body: { type: "kv", options: { version: "2" } } });
    return vault;
  }

  /** Lets service accounts of a cluster log in at `auth/kubernetes-<name>`, each reviewing its own token. */
  async admit(name: string, { server, certificateAuthority }: ClusterConnection): Promise<void> {
    await this.ask({ method: "POST", path: `sys/auth/kubernetes-${name}`, body: { type: "kubernetes" } });
    const body = { kubernetes_host: server, kubernetes_ca_cert: certificateAuthority, disable_local_ca_jwt: true };
    await this.ask({ method: "POST", path: `auth/kubernetes-${name}/config`, body });
  }

  /** A role that reads one path, and its own token, as the program's policies do. */
  async letRead(cluster: string, role: string, namespace: string, secret: string): Promise<void> {
    const rule = (at: string, capability: string): string => `path "${at}" { capabilities = ["${capability}"] }`;
    const policy = [
      rule(`secret/data/${secret}`, "read"),
      rule("auth/token/lookup-self", "read"),
      rule("auth/token/revoke-self", "update"),
    ].join("\n");
    await this.ask({ method: "PUT", path: `sys/policies/acl/${role}`, body: { policy } });
    await this.ask({
      method: "POST",
      path: `auth/kubernetes-${cluster}/role/${role}`,
      body: {
        bound_service_account_names: ["secret-reader"],
        bound_service_account_namespaces: [namespace],
        audience: "vault",
        token_policies: [role],
        token_no_default_policy: true,
        token_ttl: 600,
      },
    });
  }

  async write(path: string, data: Readonly<Record<string, string>>): Promise<void> {
    await this.ask({ method: "POST", path: `secret/data/${path}`, body: { data } });
  }

  /** How often a path was written. */
  async version(path: string): Promise<unknown> {
    return at(await this.ask({ method: "GET", path: `secret/metadata/${path}` }), "data.current_version");
  }

  /** A value of a path. */
  async value(path: string, key: string): Promise<string> {
    return String(at(await this.ask({ method: "GET", path: `secret/data/${path}` }), `data.data.${key}`));
  }

  /** How many tokens there are beside the one of the owner. */
  async tokens(): Promise<number> {
    const keys = at(await this.ask({ method: "LIST", path: "auth/token/accessors" }), "data.keys");
    return Array.isArray(keys) ? keys.length - 1 : 0;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private async ask(request: VaultRequest): Promise<unknown> {
    const { status, body } = await askVault(this.access, { ...request, token: this.token });
    if (status >= 300) throw new Error(`${request.method} ${request.path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
}
