import { z } from "zod";
import type { StrataOutcome } from "../../../../sandbox/live/vault";
import { until } from "../until";
import type { VaultAnswer, VaultRequest } from "../vault-requests";
import { VaultWorld } from "../vault-world";
import { SMTP_PASSWORD, writeSecrets } from "./program";

const stored = z.object({ data: z.object({ data: z.record(z.string(), z.string()) }) });
const statusReport = z.object({
  paths: z.array(z.object({ path: z.string(), state: z.string(), version: z.int().optional(), written: z.string() })),
  undeclaredPaths: z.array(z.string()),
  summary: z.object({ present: z.int(), missing: z.int() }),
});

type Env = Readonly<Record<string, string>>;

/** The owner of a Vault, with the root token and a program whose secrets it keeps. */
export class Owner {
  readonly world = new VaultWorld("snapshot");
  /** All that was ever printed. */
  readonly printed: string[] = [];
  private readonly program = writeSecrets();

  async start(): Promise<void> {
    await this.openNewVault();
    await this.ask({ method: "POST", path: "sys/mounts/secret", body: { type: "kv", options: { version: "2" } } });
    // As the l2-secrets stack has it; the mount is upgraded for a moment after it was made.
    await until(async () => {
      const body = { max_versions: 10, cas_required: true };
      return (await this.ask({ method: "POST", path: "secret/config", body })).status === 204;
    }, 10_000);
  }

  stop(): Promise<void> {
    return this.world.stop();
  }

  async openNewVault(): Promise<void> {
    await this.world.make();
    await this.world.vault.start();
    await this.world.open();
  }

  /** Asks Vault with the root token where no other is named. */
  ask(request: VaultRequest): Promise<VaultAnswer> {
    return this.world.ask({ token: this.world.rootToken, ...request });
  }

  /** Runs a command as its owner does, with the root token where no other way is named. */
  async run(args: readonly string[], env: Env = { VAULT_TOKEN: this.world.rootToken }): Promise<StrataOutcome> {
    const outcome = await this.world.strata(args, { env: { ...this.world.env, SMTP: SMTP_PASSWORD, ...env } });
    this.printed.push(outcome.stdout, outcome.stderr);
    return outcome;
  }

  /** Runs a command of `strata secrets`. */
  secrets(words: readonly string[], env?: Env): Promise<StrataOutcome> {
    return this.run(["secrets", ...words, "--dir", this.program], env);
  }

  /** What `strata secrets status` tells, with a token. */
  async status(token = this.world.rootToken) {
    const { code, stdout } = await this.secrets(["status", "--json"], { VAULT_TOKEN: token });
    expect(code).toBe(0);
    return statusReport.parse(JSON.parse(stdout));
  }

  async data(secret: string): Promise<Readonly<Record<string, string>>> {
    return stored.parse((await this.ask({ method: "GET", path: `secret/data/${secret}` })).body).data.data;
  }

  /** A token that may do what a command needs and nothing else. */
  async tokenFor(name: string, policy: string): Promise<string> {
    await this.ask({ method: "PUT", path: `sys/policies/acl/${name}`, body: { policy } });
    const body = { policies: [name], ttl: "10m" };
    const answer = await this.ask({ method: "POST", path: "auth/token/create", body });
    return z.object({ auth: z.object({ client_token: z.string() }) }).parse(answer.body).auth.client_token;
  }

  /** The name by which a restore has to be confirmed. */
  async clusterName(): Promise<string> {
    const { stdout } = await this.run(["vault", "status", "--json"]);
    return z.object({ clusterName: z.string() }).parse(JSON.parse(stdout)).clusterName;
  }
}
