import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sandboxAuthority } from "../../../sandbox/live/engine/authority";
import type { Authority } from "../../../sandbox/live/pki";
import { Servers } from "../../../sandbox/live/servers";
import { type OpenedVault, openVault, SandboxVault, type Strata, strataProgram } from "../../../sandbox/live/vault";
import { type SandboxPaths, sandboxPaths } from "../../../sandbox/run/paths";
import { requireTools } from "../../../sandbox/tools/find";
import { askVault, type VaultAddress, type VaultAnswer, type VaultRequest } from "./vault-requests";

/** A real Vault in a folder of its own, as its owner has it. */
export class VaultWorld {
  readonly folder: string;
  readonly paths: SandboxPaths;
  readonly servers = new Servers();
  readonly strata: Strata;
  /** Of the Vault that was opened last. */
  rootToken = "";
  private made: { readonly vault: SandboxVault; readonly authority: Authority } | undefined;

  /** @param name part of the folder's name */
  constructor(name: string) {
    this.folder = mkdtempSync(path.join(tmpdir(), `strata-live-${name}-`));
    this.paths = sandboxPaths(this.folder);
    this.strata = strataProgram({ root: this.paths.root, home: this.paths.home });
  }

  /** Makes a Vault and starts nothing of it; may be called again once the Vault was removed. */
  async make(): Promise<void> {
    const pki = await sandboxAuthority(path.join(this.folder, "pki"));
    const vault = await SandboxVault.open({
      folder: path.join(this.folder, "vault"),
      servers: this.servers,
      ...pki,
      program: requireTools(["vault"]).get("vault") ?? "",
      logs: this.paths.logs,
      clusterNames: (host) => this.addressInCluster(host),
    });
    this.made = { vault, authority: pki.authority };
  }

  get vault(): SandboxVault {
    return this.there.vault;
  }

  /** The Vault as a client reaches it. */
  get target(): VaultAddress {
    return { address: this.vault.address, ca: this.authority.certificate };
  }

  /** What a command needs to reach it. */
  get env(): Readonly<Record<"VAULT_ADDR" | "VAULT_CACERT", string>> {
    return { VAULT_ADDR: this.vault.address, VAULT_CACERT: this.vault.caFile };
  }

  /** Opens it as its owner does; answers what that took. */
  async open(): Promise<OpenedVault["done"]> {
    const { rootToken, done } = await openVault({ vault: this.vault, strata: this.strata });
    this.rootToken = rootToken;
    return done;
  }

  ask(request: VaultRequest): Promise<VaultAnswer> {
    return askVault(this.target, request);
  }

  async stop(): Promise<void> {
    await this.made?.vault.stop();
    await this.servers.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Signs the certificates of everything here. */
  protected get authority(): Authority {
    return this.there.authority;
  }

  /** Where a name leads inside the cluster that Vault is in: by default it is in none. */
  protected addressInCluster(_host: string): string | undefined {
    return undefined;
  }

  private get there() {
    if (this.made === undefined) throw new Error("The Vault was not made.");
    return this.made;
  }
}
