import path from "node:path";
import { z } from "zod";
import { stackId, vaultNames } from "../../../../constructs/core/names";
import type { Claims } from "../../../../sandbox/live/identity";
import type { StrataOutcome } from "../../../../sandbox/live/vault";
import { VaultPlatform } from "../vault-platform";
import { writeClusterState } from "../vault-stacks";
import { type Attempt, allowedOn, type Login, logIn } from "./attempts";
import { inClaim, SSO } from "./organisation";
import { type Changes, synthesizeHere, writeConfiguration } from "./program";

/** Somebody with one role. */
export interface Person {
  readonly role: string;
  readonly group: string;
}

type Env = Readonly<Record<string, string>>;

/** The people and machines of an organisation, and a new Vault that they log in to. */
export class People {
  readonly platform = new VaultPlatform("people", ["platform"]);
  /** Everything that must be kept nowhere. */
  readonly secret: string[] = [];

  async start(): Promise<void> {
    const { platform } = this;
    await platform.make();
    // No account of the second cluster logs in here: the first one stands for it.
    writeClusterState(platform.paths, stackId.cluster("prod"), platform.cluster("platform"));
    await platform.vault.start();
    await platform.open();
    this.kept(platform.rootToken);
  }

  stop(): Promise<void> {
    return this.platform.stop();
  }

  /** Synthesizes the organisation; answers the folder of each stack, with what is Vault's of it. */
  synthesize(changes: Changes, stacks?: readonly string[]): ReadonlyMap<string, string> {
    const { paths, folder } = this.platform;
    const config = path.join(folder, "config");
    writeConfiguration(path.join(paths.root, "examples", "acme"), config, changes);
    synthesizeHere(config, paths.out);
    return this.platform.keepVaultOnly(stacks);
  }

  /** Every path that the organisation declares. */
  declared(): readonly string[] {
    return this.platform.declarations.secrets.map((secret) => secret.path);
  }

  /** An identity token of a person in these groups. */
  person(groups: readonly string[] | undefined, more: { readonly seconds?: number } = {}): string {
    const { audience } = vaultNames;
    return this.signed({ issuer: SSO, subject: "5d1e0f4c", audience, groups: groups?.map(inClaim), ...more });
  }

  /** An identity token with the key that Vault trusts. */
  signed(claims: Claims): string {
    return this.kept(this.platform.identity.token(claims));
  }

  /** Remembers that something must be kept nowhere. */
  kept(value: string): string {
    this.secret.push(value);
    return value;
  }

  /** Logs in with an identity token; what Vault said when it refused. */
  logIn(mount: string, role: string, jwt: string): Promise<Login | string> {
    return logIn(this.platform.target, mount, role, jwt);
  }

  /** Logs in as a person who has to get in. */
  async signOn(role: string, groups: readonly string[]): Promise<Login> {
    const login = await this.logIn("sso", role, this.person(groups));
    if (typeof login === "string") throw new Error(login);
    this.kept(login.token);
    return login;
  }

  /** `strata` with the login of an operator, as it is given on his workstation. */
  asOperator(args: readonly string[], env: Env = {}): Promise<StrataOutcome> {
    return this.asPerson({ role: "operator", group: "operators" }, args, env);
  }

  asPerson({ role, group }: Person, args: readonly string[], env: Env = {}): Promise<StrataOutcome> {
    const { platform } = this;
    return platform.strata([...args, ...loginAs(role)], {
      env: { ...platform.env, ...platform.terraformEnv, JWT: this.person([group]), ...env },
    });
  }

  /** What of a path a token is allowed. */
  allowedOn(token: string, secret: string): Promise<readonly Attempt[]> {
    return allowedOn(this.platform.target, token, secret);
  }

  /** The names in a folder, or the status of the refusal. */
  async listing(token: string, below: string): Promise<readonly string[] | number> {
    const { status, body } = await this.platform.ask({ method: "LIST", path: `secret/metadata/${below}`, token });
    if (status !== 200) return status;
    return z.object({ data: z.object({ keys: z.array(z.string()) }) }).parse(body).data.keys;
  }
}

/** Options of a command that logs in with the identity token in `JWT`. */
export function loginAs(role: string): readonly string[] {
  return ["--login", "jwt", "--login-mount", "sso", "--login-role", role, "--login-jwt", "env:JWT"];
}
