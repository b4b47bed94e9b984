import path from "node:path";
import type { Session } from "../../session";
import { type Ask, confirmName } from "../../terminal/confirm";
import type { VaultClient } from "../client";
import { VaultFailure } from "../failure";
import { type OpenVault, withVault } from "../login";
import type { LoginOptions } from "../login-options";
import { requireOpen, type SealStatus, sealStatus } from "../seal-status";
import { examineSnapshot, type SnapshotFacts } from "./archive";
import { transfer } from "./transfer";

export interface RestoreOptions extends LoginOptions {
  /** The snapshot was made with other unseal keys than this Vault has. */
  readonly force?: boolean;
  /** Name of the Vault cluster, given beforehand. */
  readonly yes?: string;
  readonly json?: boolean;
}

/** `strata vault restore`: replaces all that Vault stores with a snapshot. */
export async function vaultRestore(
  session: Session,
  file: string,
  options: RestoreOptions,
  ask?: Ask,
): Promise<number> {
  const { terminal } = session;
  const source = path.resolve(session.cwd, file);
  const facts = await examineSnapshot(source);
  const { address, status } = await withVault(session, options, async (vault) => {
    const before = await sealStatus(vault.client);
    requireOpen(vault.client, before);
    await confirmName(session, agreement(vault.client, before, facts, options), ask);
    await upload(vault, source, options.force === true);
    return { address: vault.client.address, status: await settled(session, vault.client, options) };
  });
  const { sha256, index, made } = facts;
  const report = { schemaVersion: 1, address, file: source, sha256, index, made, sealed: status?.sealed ?? true };
  if (options.json) terminal.out(JSON.stringify({ ...report, problems: [] }, undefined, 2));
  else terminal.out(`Vault at ${address} holds the snapshot of ${made} now (Raft index ${index}).`);
  terminal.err(nextSteps(report.sealed));
  return 0;
}

function agreement(client: VaultClient, { clusterName }: SealStatus, facts: SnapshotFacts, options: RestoreOptions) {
  const warning = `All that is in Vault at ${client.address} is replaced with the snapshot of ${facts.made}: what was
written since is gone, and passwords that were rotated since are the old ones again.`;
  // Old servers do not tell their name, and an empty answer must never count as one.
  return { name: clusterName || client.address, kind: "Vault cluster", warning, yes: options.yes, json: options.json };
}

async function upload(vault: OpenVault, file: string, force: boolean): Promise<void> {
  const path = `sys/storage/raft/snapshot${force ? "-force" : ""}`;
  const { address } = vault.client;
  try {
    const answer = await transfer(vault, { method: "POST", path, what: "restore the snapshot", file });
    answer.resume();
  } catch (error) {
    if (!(error instanceof VaultFailure)) throw error;
    const said = error.issues.map(({ problem }) => problem).join("; ");
    if (said.includes("different set of unseal keys")) {
      const fix = "If that is right, add --force: it opens with the keys of the snapshot afterwards, not with its own.";
      throw new VaultFailure("rejected", address, "the snapshot was made with other unseal keys than it has", fix);
    }
    if (error.kind !== "unreachable") throw error;
    const fix = "See `strata vault status`, and run it again: a second time does no harm.";
    throw new VaultFailure("unreachable", address, `whether it took the snapshot is not known: ${said}`, fix);
  }
}

const LOOKS = 10;
const PAUSE_MS = 500;

/** With other keys Vault seals itself a moment after it has answered. Undefined when it does not say. */
async function settled(
  { retry }: Session,
  client: VaultClient,
  { force }: RestoreOptions,
): Promise<SealStatus | undefined> {
  const ask = () => sealStatus(client).catch(() => undefined);
  let status = await ask();
  for (let look = 1; force && look < LOOKS && !status?.sealed; look++) {
    await retry.sleep(PAUSE_MS);
    status = await ask();
  }
  return status;
}

function nextSteps(sealed: boolean): string {
  return [
    "\nNext:",
    ...(sealed ? ["  strata vault unseal, on every replica, with the unseal keys of the snapshot"] : []),
    "  tokens are those of the snapshot: log in again, its root token counts and not a newer one",
    "  strata secrets status, to see what is there; strata secrets sync creates what the snapshot lacks",
    "  then restart what took a newer password when it started",
  ].join("\n");
}
