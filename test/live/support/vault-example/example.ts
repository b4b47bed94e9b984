import path from "node:path";
import { z } from "zod";
import { readersOf } from "../../../../constructs/vault/readers";
import { type FillVaultOptions, fillVault, type Written } from "../../../../sandbox/live/vault";
import { synthesize } from "../../../../sandbox/run/synth";
import { type LoginRow, proveLogins, unexpected } from "../vault-logins";
import { VaultPlatform } from "../vault-platform";

const storedSecret = z.object({
  data: z.object({ data: z.record(z.string(), z.string()), metadata: z.object({ version: z.number() }) }),
});

/** The example organisation with a Vault for its secrets, which is not started yet. */
export class Example {
  readonly platform = new VaultPlatform("vault", ["platform", "prod"]);
  private stacks: ReadonlyMap<string, string> = new Map();

  async start(): Promise<void> {
    const { platform } = this;
    const { paths, processes } = platform;
    await platform.make();
    const config = path.join(paths.root, "examples", "acme");
    await synthesize({ paths, processes, config, allowDestroy: false });
    this.stacks = platform.keepVaultOnly();
  }

  stop(): Promise<void> {
    return this.platform.stop();
  }

  /** Applies a stack: `applied`, or what Terraform said. */
  apply(id: string): Promise<string> {
    return this.platform.apply(this.stacks.get(id) ?? "");
  }

  /** Plans a stack: `no changes`, or what Terraform said. */
  plan(id: string): Promise<string> {
    return this.platform.plan(this.stacks.get(id) ?? "");
  }

  /** What the commands need that give secrets their values. */
  get access(): FillVaultOptions {
    const { vault, strata, paths, rootToken, terraformEnv } = this.platform;
    return { vault, strata, out: paths.out, token: rootToken, env: terraformEnv };
  }

  fill(): Promise<Written> {
    return fillVault(this.access);
  }

  async valuesOf(secret: string): Promise<Readonly<Record<string, string>>> {
    return (await this.stored(secret)).data;
  }

  async versionOf(secret: string): Promise<number> {
    return (await this.stored(secret)).metadata.version;
  }

  /** Takes secrets away with all of their history. */
  async forget(secrets: readonly string[]): Promise<void> {
    const { platform } = this;
    for (const secret of secrets) {
      const path = `secret/metadata/${secret}`;
      const { status } = await platform.ask({ method: "DELETE", path, token: platform.rootToken });
      expect(status).toBe(204);
    }
  }

  provedLogins(): Promise<readonly LoginRow[]> {
    const { target, declarations, clusters } = this.platform;
    return proveLogins({ vault: target, secrets: declarations, clusters });
  }

  /** Every reader logs in and reads its own paths, and nothing else. */
  async expectLogins(): Promise<void> {
    const rows = await this.provedLogins();
    expect(unexpected(rows)).toEqual([]);
    const readers = readersOf(this.platform.declarations.secrets);
    expect(readers.length).toBeGreaterThanOrEqual(8);
    expect(new Set(rows.map(({ reader }) => reader)).size).toBe(readers.length);
    const reads = rows.filter(({ path, expected }) => path.startsWith("read ") && expected === "allowed");
    expect(reads).toHaveLength(readers.flatMap(({ paths }) => paths).length);
  }

  private async stored(secret: string) {
    const { platform } = this;
    const request = { method: "GET", path: `secret/data/${secret}`, token: platform.rootToken } as const;
    return storedSecret.parse((await platform.ask(request)).body).data;
  }
}
