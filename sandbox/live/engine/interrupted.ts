import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { serveFaces } from "../../providers/http";
import type { World } from "../../providers/world/world";
import type { SandboxPaths } from "../../run/paths";
import type { Terminal } from "../../run/terminal";
import type { SandboxTerraform } from "../../run/terraform";
import { strataProgram } from "../vault";
import type { CentralVault } from "./central-vault";
import { removeBlocks, writeBlocks } from "./import-blocks";

/** What taking up an interrupted run needs. */
export interface InterruptedOptions {
  readonly paths: SandboxPaths;
  readonly terminal: Terminal;
  readonly world: World;
  readonly vault: CentralVault;
  readonly terraform: () => SandboxTerraform;
}

/** Notes that a deployment is under way, and mends what one that was interrupted has left. */
export class InterruptedRuns {
  private readonly mark: string;

  constructor(private readonly options: InterruptedOptions) {
    this.mark = path.join(options.paths.folder, "deploying");
  }

  /** Runs a deployment; the one before it, when it was cut off, is cleared up first. */
  async around(deploy: () => Promise<void>): Promise<void> {
    removeBlocks(this.options.paths.out);
    if (existsSync(this.mark)) await this.recover();
    writeFileSync(this.mark, "");
    await deploy();
    removeBlocks(this.options.paths.out);
    rmSync(this.mark, { force: true });
  }

  /** `strata recover`; what it found is taken into the states at once, so that no configuration is written to. */
  private async recover(): Promise<void> {
    const { paths, terminal, world, vault } = this.options;
    const faces = await serveFaces(world);
    const login = vault.access() === undefined ? undefined : vault.login();
    const strata = strataProgram({ root: paths.root, home: paths.home });
    try {
      const options = ["--dir", paths.out, "--config", this.config(), "--force"];
      const { code, stdout, stderr } = await strata(["recover", ...options], {
        env: {
          ...this.options.terraform().env,
          VULTR_API_URL: faces.vultr,
          CLOUDFLARE_BASE_URL: faces.cloudflare,
          ...(login && { VAULT_ADDR: login.address, VAULT_CACERT: login.caFile, VAULT_TOKEN: login.token }),
        },
      });
      const log = path.join(paths.logs, "recover.log");
      writeFileSync(log, `${stdout}${stderr}`);
      const outcome = code === 0 ? "" : `, which could not look at all of it (${log})`;
      terminal.line(`The run before was interrupted: strata recover${outcome}`);
      this.takeIn();
    } finally {
      await faces.stop();
    }
  }

  /** A folder that takes the import blocks in the place of the configuration, which is not the sandbox's to write to. */
  private config(): string {
    const folder = path.join(this.options.paths.folder, "recover");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "platform.yaml"), "");
    return folder;
  }

  private takeIn(): void {
    const file = path.join(this.config(), "imports.json");
    if (!existsSync(file)) return;
    writeBlocks(this.options.paths.out, JSON.parse(readFileSync(file, "utf8")));
    rmSync(file);
  }
}
