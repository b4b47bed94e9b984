import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { SandboxPaths } from "../../run/paths";
import type { Terminal } from "../../run/terminal";
import type { VaultAccess } from "../controllers";
import { fillVault, openVault, type SandboxVault, type Strata, strataProgram, writeBootstrapSecrets } from "../vault";

/** What the central Vault of a live run works with. */
export interface CentralVaultOptions {
  readonly server: SandboxVault;
  readonly paths: SandboxPaths;
  readonly terminal: Terminal;
  /** The Terraform binary, for values that are outputs of stacks. */
  readonly terraform: string;
}

/** The one Vault of the platform, opened and filled as its owner does it. */
export class CentralVault {
  private token: string | undefined;
  private readonly strata: Strata;

  constructor(private readonly options: CentralVaultOptions) {
    const { root, home } = options.paths;
    this.strata = strataProgram({ root, home });
  }

  get server(): SandboxVault {
    return this.options.server;
  }

  /** Whether it was started before: there is data. */
  exists(): boolean {
    return this.server.exists();
  }

  /** Whether it got its secrets once: until then only what is below them is deployed. */
  isFilled(): boolean {
    return existsSync(this.filledMark);
  }

  /** Starts and opens it, with `strata vault init` and `unseal`. */
  async open(): Promise<void> {
    const { terminal } = this.options;
    await this.server.start();
    const { rootToken, done } = await openVault({ vault: this.server, strata: this.strata });
    this.token = rootToken;
    if (done === "initialised") terminal.line("Opened Vault: strata vault init, strata vault unseal");
    if (done === "unsealed") terminal.line("Opened Vault again: strata vault unseal");
  }

  /** Gives every declared secret its value, with `strata secrets bootstrap` and `sync`. */
  async fill(): Promise<void> {
    const { paths, terraform, terminal } = this.options;
    const secrets = { strata: this.strata, out: paths.out, env: { TERRAFORM_BINARY_NAME: terraform } };
    const bootstrap = await writeBootstrapSecrets(secrets);
    const { token } = this.login();
    const { created } = await fillVault({ ...secrets, vault: this.server, token });
    writeFileSync(this.filledMark, "");
    if (created + bootstrap.created === 0) return;
    terminal.line(
      `Filled Vault: strata secrets sync made ${created} keys, strata secrets bootstrap ${bootstrap.created}`,
    );
  }

  /** Who deploys, for the real Vault provider. */
  login(): { readonly address: string; readonly caFile: string; readonly token: string } {
    const { address, caFile } = this.server;
    if (this.token === undefined) throw new Error("Vault is not open.");
    return { address, caFile, token: this.token };
  }

  /** How service accounts reach it; undefined as long as it is not open. */
  access(): VaultAccess | undefined {
    if (this.token === undefined) return undefined;
    return { address: this.server.address, ca: readFileSync(this.server.caFile, "utf8") };
  }

  private get filledMark(): string {
    return path.join(path.dirname(this.server.keysFile), "filled");
  }

  stop(): Promise<void> {
    this.token = undefined;
    return this.server.stop();
  }

  /** Ends it with all that it holds. */
  remove(): Promise<void> {
    this.token = undefined;
    return this.server.remove();
  }
}
