import { createHash } from "node:crypto";
import { z } from "zod";
import { readDeclarations } from "../../../cli/secrets/declarations";
import { Failure } from "../../run/failure";
import { mustSucceed, type Strata } from "./strata";
import type { SandboxVault } from "./vault";

/** What the commands that give secrets their values need. */
export interface SecretsOptions {
  readonly strata: Strata;
  /** Folder of the synthesized program. */
  readonly out: string;
  /** For the outputs that values are copied from: names Terraform, and what else it needs. */
  readonly env: Readonly<Record<"TERRAFORM_BINARY_NAME", string>> & Readonly<Record<string, string>>;
}

/** What filling a Vault needs. */
export interface FillVaultOptions extends SecretsOptions {
  /** Open, and configured by the l2-secrets stacks. */
  readonly vault: Pick<SandboxVault, "address" | "caFile">;
  /** Token with which the secrets are written. */
  readonly token: string;
}

/** How many keys a command wrote, and how many were there already. */
export interface Written {
  readonly created: number;
  readonly kept: number;
}

const syncReport = z.object({ summary: z.object({ created: z.int(), kept: z.int() }) });
const bootstrapReport = z.object({
  secrets: z.array(z.object({ written: z.array(z.string()), kept: z.array(z.string()) })),
});

/**
 * Fills Vault with what the program declares, with the command that its owner uses; what a person would supply is made
 * up. What is there already stays.
 *
 * @throws Failure with the command's own message
 */
export async function fillVault({ vault, token, strata, out, env }: FillVaultOptions): Promise<Written> {
  const supplied = suppliedKeys(out);
  const values = supplied.map((key, index) => [`STRATA_SANDBOX_VALUE_${index}`, madeUp(key)] as const);
  const options = supplied.flatMap((key, index) => ["--supply", `${key}=env:STRATA_SANDBOX_VALUE_${index}`]);
  const { stdout } = await mustSucceed(strata, ["secrets", "sync", "--dir", out, "--json", ...options], {
    env: {
      ...env,
      ...Object.fromEntries(values),
      VAULT_ADDR: vault.address,
      VAULT_CACERT: vault.caFile,
      VAULT_TOKEN: token,
    },
  });
  const { created, kept } = answer(stdout, syncReport).summary;
  return { created, kept };
}

/**
 * Writes the secrets that clusters need before they reach Vault, as the owner does, with made-up values. Clusters are
 * found in the states of their stacks; the namespaces have to be there.
 *
 * @param cluster only those of one cluster. @default - all
 * @throws Failure with the command's own message
 */
export async function writeBootstrapSecrets({ strata, out, env }: SecretsOptions, cluster?: string): Promise<Written> {
  const keys = readDeclarations(out).bootstrap.flatMap((secret) => Object.values(secret.keys));
  const values = keys.map(({ environmentVariable }) => [environmentVariable, madeUp(environmentVariable)] as const);
  const only = cluster === undefined ? [] : ["--cluster", cluster];
  const { stdout } = await mustSucceed(strata, ["secrets", "bootstrap", "--dir", out, "--json", ...only], {
    env: { ...env, ...Object.fromEntries(values) },
  });
  const { secrets } = answer(stdout, bootstrapReport);
  const count = (of: (secret: (typeof secrets)[number]) => readonly string[]): number =>
    secrets.reduce((sum, secret) => sum + of(secret).length, 0);
  return { created: count(({ written }) => written), kept: count(({ kept }) => kept) };
}

/** The keys that a person supplies, as `path:key`. */
function suppliedKeys(out: string): string[] {
  return readDeclarations(out).secrets.flatMap(({ path, keys }) =>
    Object.entries(keys).flatMap(([key, { kind }]) => (kind === "supplied" ? [`${path}:${key}`] : [])),
  );
}

/** A value that opens nothing, the same in every run. */
function madeUp(name: string): string {
  return `sandbox-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
}

function answer<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Failure("strata wrote no report that can be read.");
  }
}
