import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { LayerStack } from "../../constructs/core/layer-stack";
import { startProviders } from "../../sandbox/providers";
import { hasTerraform, openTerraform } from "../../sandbox/run/terraform";
import { configuration, loadGenerated } from "../helpers/configurations";
import { synthesize, writeSynthesized } from "../helpers/examples";

/** Both can be set for a longer or another run: FUZZ_RUNS=200 FUZZ_SEED=1 npm run test:fuzz */
const RUNS = Number(process.env.FUZZ_RUNS ?? 8);
const SEED = Number(process.env.FUZZ_SEED ?? 20260714);

jest.setTimeout(RUNS * 120_000);

const ready = hasTerraform();
if (!ready && process.env.CI === "true") throw new Error("CI needs Terraform for the generated configurations");
const applied = ready ? test : test.skip;

/** Applies every stack in order, plans each again, and gives those that would change. */
async function applyAll(files: Readonly<Record<string, object>>): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-apply-"));
  const providers = await startProviders();
  try {
    const synthesized = synthesize(loadGenerated(files), { localState: true });
    const out = writeSynthesized(synthesized);
    const terraform = openTerraform({ providers, folder });
    const ordered = inOrder(
      synthesized.context.app.node.children.filter((c): c is LayerStack => c instanceof LayerStack),
    );
    for (const id of ordered) {
      const dir = path.join(out, "stacks", id);
      for (const outcome of [await terraform.init(dir), await terraform.apply(dir)]) {
        if (outcome.code !== 0) throw new Error(`${id}: ${outcome.output}`);
      }
    }
    const changed: string[] = [];
    for (const id of ordered) {
      const outcome = await terraform.plan(path.join(out, "stacks", id));
      if (outcome.code !== 0) changed.push(`${id}: ${outcome.output}`);
    }
    return changed;
  } finally {
    providers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Stacks after what they depend on. */
function inOrder(stacks: readonly LayerStack[]): string[] {
  const done = new Set<string>();
  const visit = (stack: LayerStack) => {
    if (done.has(stack.node.id)) return;
    for (const dependency of stack.dependencies) if (dependency instanceof LayerStack) visit(dependency);
    done.add(stack.node.id);
  };
  for (const stack of stacks) visit(stack);
  return [...done];
}

applied(`${RUNS} generated configurations are applied by the real Terraform and plan nothing afterwards`, async () => {
  await fc.assert(
    fc.asyncProperty(configuration, async (files) => {
      expect(await applyAll(files)).toEqual([]);
    }),
    // Making a failing configuration smaller would apply it again and again.
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
});
