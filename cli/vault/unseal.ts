import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";
import { type VaultClient, vaultClient } from "./client";
import { vaultConnection } from "./connection";
import { VaultFailure } from "./failure";
import { giveKey, type SealStatus, sealStatus } from "./seal-status";

/** `strata vault unseal`: gives keys until Vault opens. An open Vault is left alone. */
export async function vaultUnseal(session: Session): Promise<number> {
  const client = vaultClient(vaultConnection(session));
  const { terminal } = session;
  let status = await sealStatus(client);
  if (!status.initialised) {
    throw new VaultFailure("uninitialised", client.address, "it is not initialised", "Run `strata vault init`.");
  }
  if (!status.sealed) {
    terminal.out(`Vault at ${client.address} is unsealed already.`);
    return 0;
  }
  const next = await keySource(session);
  terminal.err(`Vault at ${client.address} needs ${status.threshold} of ${status.shares} keys.`);
  while (status.sealed) {
    const key = await next(status);
    if (key === undefined) throw tooFew(client, status);
    const before = status;
    status = await offer(client, key);
    if (status.sealed && status.progress === 0) status = await settled(client);
    if (status.sealed) terminal.err(progressNote(before, status));
  }
  terminal.out(`Vault at ${client.address} is unsealed.`);
  return 0;
}

/** Gives the next key, or undefined when there is none. */
type KeySource = (status: SealStatus) => Promise<string | undefined>;

async function keySource({ terminal }: Session): Promise<KeySource> {
  if (terminal.interactive) {
    return ({ progress, threshold }) => terminal.askSecret(`Unseal key (${progress + 1} of ${threshold})`);
  }
  const keys = keysOf(await terminal.readInput())[Symbol.iterator]();
  return async () => keys.next().value;
}

const keyFile = z.object({ unseal_keys_b64: z.array(z.string()) });

/** One key on each line, or what `strata vault init --out` wrote. */
function keysOf(input: string): readonly string[] {
  if (input.includes("BEGIN AGE ENCRYPTED FILE")) {
    const fix = "Each keeper opens his own, as in `age --decrypt -i KEYFILE key.age | strata vault unseal`.";
    throw StrataError.of({ where: "stdin", problem: "the keys are encrypted", fix });
  }
  if (input.trimStart().startsWith("{")) {
    try {
      return keyFile.parse(JSON.parse(input)).unseal_keys_b64;
    } catch {
      return [];
    }
  }
  return input
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

async function offer(client: VaultClient, key: string): Promise<SealStatus> {
  try {
    return await giveKey(client, key.trim());
  } catch (error) {
    if (!(error instanceof VaultFailure) || !["rejected", "busy"].includes(error.kind)) throw error;
    // Vault checks the keys together, when the last one has come, and then forgets them all.
    const said = error.issues.map(({ problem }) => problem).join("; ");
    const fix = "Run it again and give every key: Vault does not tell which of them is wrong.";
    throw new VaultFailure("rejected", client.address, `it did not open with these keys (${said})`, fix);
  }
}

/** A replica that joins the others opens a moment after its last key. */
async function settled(client: VaultClient): Promise<SealStatus> {
  for (let polls = 0; polls < 10; polls++) {
    const status = await sealStatus(client);
    if (!status.sealed) return status;
    await pause(500);
  }
  return sealStatus(client);
}

function progressNote(before: SealStatus, after: SealStatus): string {
  const given = `${after.progress} of ${after.threshold} keys given`;
  return after.progress > before.progress ? `${given}.` : `${given}: this one was given before.`;
}

function tooFew(client: VaultClient, status: SealStatus): VaultFailure {
  const problem = `it is still sealed: ${status.progress} of ${status.threshold} keys given`;
  return new VaultFailure("sealed", client.address, problem, "Give the others, one on each line of stdin.");
}
