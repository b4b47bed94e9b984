import { startProviders } from "../providers";
import type { Engine } from "./engine";
import { Failure } from "./failure";

/** What the simulated engine needs. */
export interface SimulatedOptions {
  /** Folder of the states that say what exists. */
  readonly stateDir: string;
  /** File that keeps what exists whatever becomes of the states. @default - none is kept */
  readonly journal?: string;
}

/** Every provider simulated in this process: nothing but Terraform and cdktf is real. */
export async function simulatedEngine({ stateDir, journal }: SimulatedOptions): Promise<Engine> {
  const providers = await startProviders({ stateDir, journal, strict: journal !== undefined });
  return {
    mode: "simulated",
    world: providers.world,
    // More than the processors of a small machine gains nothing.
    parallelStacks: 4,
    parallelPlans: 3,
    providerVersions: providers.versions,
    reattach: () => providers.reattach,
    deploy: (run) => run(["*"]),
    async destroy(run) {
      await run(["*"]);
      failOnObjects(providers.world.countByType());
    },
    notes: () => ({ programs: {}, charts: [], clusters: [], remarks: [] }),
    stop: async () => providers.stop(),
  };
}

/** Fails when the simulated APIs hold something that no state knows. */
export function failOnObjects(counts: Readonly<Record<string, number>>): void {
  const objects = Object.entries(counts).map(([type, count]) => `${count} ${type}`);
  if (objects.length > 0) throw new Failure(`The simulated APIs still hold ${objects.join(", ")}, in no state.`);
}
