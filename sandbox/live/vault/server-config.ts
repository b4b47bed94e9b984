import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Authority, Issued } from "../pki";
import type { VaultPorts } from "./ports";

/** The folders and files of one Vault. */
export interface VaultFiles {
  readonly ports: string;
  readonly config: string;
  readonly data: string;
  /** Stands for the audit volume of production. */
  readonly audit: string;
  readonly certificate: string;
  readonly key: string;
  /** Unseal keys and root token. */
  readonly keys: string;
}

export function vaultFiles(folder: string): VaultFiles {
  return {
    ports: path.join(folder, "ports.json"),
    config: path.join(folder, "config.json"),
    data: path.join(folder, "raft"),
    audit: path.join(folder, "audit"),
    certificate: path.join(folder, "server.pem"),
    key: path.join(folder, "server-key.pem"),
    keys: path.join(folder, "keys.json"),
  };
}

/** The name of Vault's service in the central cluster, in all of its forms. */
const SERVICE_NAMES = ["vault", "vault.vault", "vault.vault.svc", "vault.vault.svc.cluster.local"];

/** Writes what Vault is started with: its configuration, and a certificate that the front uses too. */
export async function writeServerConfig(files: VaultFiles, ports: VaultPorts, authority: Authority): Promise<Issued> {
  for (const folder of [files.data, files.audit]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const issued = await authority.issue({
    subject: "CN=vault",
    hosts: ["127.0.0.1", "localhost", ...SERVICE_NAMES],
  });
  writeFileSync(files.certificate, issued.certificate);
  writeFileSync(files.key, issued.key, { mode: 0o600 });
  const url = (port: number): string => `https://127.0.0.1:${port}`;
  const config = {
    // One server: it need not wait long until it is sure that it is the first among equals.
    storage: { raft: { path: files.data, node_id: "sandbox", performance_multiplier: 1 } },
    listener: {
      tcp: {
        address: `127.0.0.1:${ports.server}`,
        cluster_address: `127.0.0.1:${ports.cluster}`,
        tls_cert_file: files.certificate,
        tls_key_file: files.key,
        tls_min_version: "tls12",
      },
    },
    api_addr: url(ports.front),
    cluster_addr: url(ports.cluster),
    // Locking memory takes a right that a developer's processes do not have.
    disable_mlock: true,
    ui: false,
    log_level: "info",
  };
  writeFileSync(files.config, `${JSON.stringify(config, undefined, 2)}\n`);
  return issued;
}
