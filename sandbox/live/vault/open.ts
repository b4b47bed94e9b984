import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { z } from "zod";
import { Failure } from "../../run/failure";
import { mustSucceed, type Strata } from "./strata";
import type { SandboxVault } from "./vault";

/** What opening a Vault needs. */
export interface OpenVaultOptions {
  /** Has to run. */
  readonly vault: Pick<SandboxVault, "address" | "caFile" | "keysFile" | "status" | "becomeActive">;
  readonly strata: Strata;
  /** Holds unseal keys and root token, for its owner only. @default the vault's own */
  readonly keysFile?: string;
}

/** A Vault that serves requests. */
export interface OpenedVault {
  readonly rootToken: string;
  /** What it took. */
  readonly done: "initialised" | "unsealed" | "nothing";
}

const keys = z.object({ unseal_keys_b64: z.array(z.string()).min(1), root_token: z.string().min(1) });

/**
 * Opens a Vault as its owner does, with the commands that he uses: a new one is initialised and unsealed, a sealed one
 * unsealed, an open one left alone.
 *
 * @throws Failure when the keys are not there any more, or when a command fails
 */
export async function openVault({ vault, strata, keysFile = vault.keysFile }: OpenVaultOptions): Promise<OpenedVault> {
  const status = await vault.status();
  if (status === undefined) throw new Failure("Vault does not run: start it first.");
  const env = { VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile };
  if (!status.initialised) {
    setAside(keysFile);
    await mustSucceed(strata, ["vault", "init", "--out", keysFile], { env });
  }
  const rootToken = rootTokenIn(keysFile);
  if (!status.unsealed) {
    await mustSucceed(strata, ["vault", "unseal"], { env, stdin: readFileSync(keysFile, "utf8") });
  }
  await vault.becomeActive();
  if (!status.initialised) return { rootToken, done: "initialised" };
  return { rootToken, done: status.unsealed ? "nothing" : "unsealed" };
}

/** Keys of a Vault whose data is gone open nothing, but nobody's keys are deleted without being asked. */
function setAside(file: string): void {
  if (existsSync(file)) renameSync(file, `${file}.old`);
}

function rootTokenIn(file: string): string {
  if (!existsSync(file)) throw lost(file, "is not there");
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new Failure(`${file} can be read by others, and it opens Vault. Take that right away: chmod 600 ${file}`);
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // Told below.
  }
  const parsed = keys.safeParse(content);
  if (!parsed.success) throw lost(file, "holds no keys");
  return parsed.data.root_token;
}

function lost(file: string, what: string): Failure {
  return new Failure(
    `The sandbox's Vault was initialised before, and ${file} with its keys ${what}. Nobody can open it any more.
Bring that file back, or give up what is in Vault: destroy the sandbox, or delete its folder.`,
  );
}
