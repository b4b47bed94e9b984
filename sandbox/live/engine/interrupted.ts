import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { escapeTemplates } from "../../../constructs/core/escape";
import { serveFaces } from "../../providers/http";
import type { World } from "../../providers/world/world";
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

const block = z.object({ to: z.string(), id: z.string() });
const imports = z.record(z.string(), z.array(block));
const synthesized = z.object({ import: z.array(block).default([]) });

/** Terraform reads every file of a stack's folder that ends so. */
const BLOCKS_FILE = "recovered.tf.json";

/** Notes that a deployment is under way, and mends what one that was interrupted has left. */
export class InterruptedRuns {
  private readonly mark: string;

  constructor(private readonly options: InterruptedOptions) {
    this.mark = path.join(options.paths.folder, "deploying");
  }

  /** Runs a deployment; the one before it, when it was cut off, is cleared up first. */
  async around(deploy: () => Promise<void>): Promise<void> {
    this.removeBlocks();
    if (existsSync(this.mark)) await this.recover();
    writeFileSync(this.mark, "");
    await deploy();
    this.removeBlocks();
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

  /**
   * Import blocks beside the stacks' own files, as the next synth would make them of imports.json: what depends on things
   * that are not there yet waits for them, which `terraform import` does not.
   */
  private takeIn(): void {
    const file = path.join(this.config(), "imports.json");
    if (!existsSync(file)) return;
    const found = imports.parse(JSON.parse(readFileSync(file, "utf8")));
    for (const [stack, entries] of Object.entries(found)) {
      const folder = stackFolder(this.options.paths.out, stack);
      const known = synthesized.parse(JSON.parse(readFileSync(path.join(folder, "cdk.tf.json"), "utf8"))).import;
      // A block that stands in the configuration already must not be there twice.
      const missing = entries.filter(({ to }) => known.every((each) => each.to !== to));
      const blocks = missing.map(({ to, id }) => ({ to, id: escapeTemplates(id) }));
      writeFileSync(path.join(folder, BLOCKS_FILE), JSON.stringify({ import: blocks }));
    }
    rmSync(file);
  }

  /** Once it is in the states, nothing has to be taken in. */
  private removeBlocks(): void {
    const stacks = path.dirname(stackFolder(this.options.paths.out, "any"));
    if (!existsSync(stacks)) return;
    for (const stack of readdirSync(stacks)) rmSync(path.join(stacks, stack, BLOCKS_FILE), { force: true });
  }
}
