import type { RunStacks } from "../../run/engine";
import { Failure } from "../../run/failure";
import { failOnObjects } from "../../run/simulated-engine";
import type { Terminal } from "../../run/terminal";
import type { LiveParts } from "./parts";
import { clearClusters } from "./teardown";

/** Brings everything up; Vault is opened and filled in between, as its owner does it. */
export async function deployAll({ charts, vault, openVault }: LiveParts, run: RunStacks): Promise<void> {
  await charts.refresh();
  if (!vault.isFilled()) {
    // The very first run: Vault is brought up by its cluster, and has to be opened and filled by its owner.
    await run(["l1-*", "l2-base-*"]);
    if (vault.access() === undefined) await openVault();
    await run(["l1-*", "l2-base-*", "l2-secrets-*"]);
    await vault.fill();
  }
  await run(["*"]);
  // What this run declared newly is made as well.
  await vault.fill();
}

/** Takes everything down; fails with a list when something would be left behind. */
export async function destroyAll(parts: LiveParts, run: RunStacks, terminal: Terminal): Promise<void> {
  const { charts, vault, clusters, simulated } = parts;
  await charts.refresh();
  await run(["l4-*", "l3-*", "l2-*"]);
  await clearClusters(clusters.running(), terminal);
  await vault.remove();
  await run(["*"]);
  failOnObjects(simulated.world.countByType());
  const left = clusters.running().map(({ label }) => label);
  if (left.length > 0) throw new Failure(`These clusters still run, and no state knows them: ${left.join(", ")}.`);
}

/** What does not work in the clusters usually says why a stack failed. */
export function explained(error: unknown, failures: readonly string[]): unknown {
  if (!(error instanceof Failure) || error.exitCode === 130 || failures.length === 0) return error;
  return new Failure(`${error.message}\n\nIn the clusters:\n${failures.map((each) => `  ${each}`).join("\n")}`);
}
