import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { StrataError } from "../../../constructs/core/errors";
import { errorField } from "../../error-field";
import type { Session } from "../../session";
import { VaultFailure } from "../failure";
import { type OpenVault, withVault } from "../login";
import type { LoginOptions } from "../login-options";
import { requireOpen, sealStatus } from "../seal-status";
import { examineSnapshot, type SnapshotFacts } from "./archive";
import { writeNewFile } from "./new-file";
import { transfer } from "./transfer";

export interface SnapshotOptions extends LoginOptions {
  /** File to make. @default vault-<time>.snap in the current folder */
  readonly out?: string;
  readonly json?: boolean;
}

/** `strata vault snapshot`: writes all that Vault stores into a new file, encrypted as Vault stores it. */
export async function vaultSnapshot(session: Session, options: SnapshotOptions): Promise<number> {
  const { terminal } = session;
  const file = path.resolve(session.cwd, options.out ?? `vault-${timeText(new Date())}.snap`);
  const { facts, address } = await withVault(session, options, async (vault) => {
    requireOpen(vault.client, await sealStatus(vault.client));
    const address = vault.client.address;
    return { address, facts: await writeNewFile(file, (temporary) => download(vault, temporary)) };
  });
  if (options.json) {
    terminal.out(JSON.stringify({ schemaVersion: 1, address, file, ...facts, problems: [] }, undefined, 2));
  } else {
    terminal.out(`${facts.sha256}  ${file}`);
    terminal.err(`Snapshot of Vault at ${address}: ${facts.bytes} bytes, Raft index ${facts.index}.`);
    terminal.err("It opens with the unseal keys that Vault has now: keep them, and keep them elsewhere.");
  }
  return 0;
}

async function download(vault: OpenVault, file: string): Promise<SnapshotFacts> {
  const request = { method: "GET", path: "sys/storage/raft/snapshot", what: "take a snapshot" } as const;
  const answer = await transfer(vault, request);
  try {
    await pipeline(answer, createWriteStream(file, { flags: "r+" }));
  } catch (error) {
    const code = errorField(error, "code");
    if (["ENOSPC", "EDQUOT", "EIO", "EFBIG"].includes(code)) {
      throw StrataError.of({ where: path.dirname(file), problem: `cannot be written to (${code})`, fix: "Make room." });
    }
    throw new VaultFailure(
      "unreachable",
      vault.client.address,
      "it broke off in the middle of the snapshot",
      "Try again.",
    );
  }
  return examineSnapshot(file);
}

/** As in 20261121T132958Z: it sorts, and every file system takes it. */
function timeText(time: Date): string {
  return time.toISOString().replaceAll(/[-:]|\.\d+/g, "");
}
