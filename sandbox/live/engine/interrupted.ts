import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { serveFaces } from "../../providers/http";
import type { World } from "../../providers/world/world";
import { Failure } from "../../run/failure";
import type { SandboxPaths } from "../../run/paths";
import { stackFolder } from "../../run/program";
import type { Terminal } from "../../run/terminal";
import type { SandboxTerraform } from "../../run/terraform";
import { strataProgram } from "../vault";
import type { CentralVault } from "./central-vault";

/** What taking up an interrupted run needs. */
export interface InterruptedOptions {
  readonly paths: SandboxPaths;
  readonly terminal: Terminal;
  readonly world: World;
  readonly vault: CentralVault;
  readonly terraform: () => SandboxTerraform;
}

const imports = z.record(z.string(), z.array(z.object({ to: z.string(), id: z.string() })));

/** Notes that a deployment is under way, and mends what one that was interrupted has left. */
export class InterruptedRuns {
  private readonly mark: string;

  constructor(private readonly options: InterruptedOptions) {
    this.mark = path.join(options.paths.folder, "deploying");
  }

  /** Runs a deployment; the one before it, when it was cut off, is cleared up first. */
  async around(deploy: () => Promise<void>): Promise<void> {
    if (existsSync(this.mark)) await this.recover();
    writeFileSync(this.mark, "");
    await deploy();
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
      await this.takeIn();
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

  private async takeIn(): Promise<void> {
    const file = path.join(this.config(), "imports.json");
    if (!existsSync(file)) return;
    const found = imports.parse(JSON.parse(readFileSync(file, "utf8")));
    const terraform = this.options.terraform();
    for (const [stack, entries] of Object.entries(found)) {
      const folder = stackFolder(this.options.paths.out, stack);
      await terraform.init(folder);
      for (const { to, id } of entries) {
        const { code, output } = await terraform.run(folder, "import", "-input=false", "-no-color", to, id);
        if (code !== 0 && !output.includes("already managed")) {
          throw new Failure(`${to} exists in no state and cannot be taken into that of ${stack}:\n${output.trim()}`);
        }
      }
    }
    rmSync(file);
  }
}
