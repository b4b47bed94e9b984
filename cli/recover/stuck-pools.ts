import { isDeepStrictEqual } from "node:util";
import { isJsonObject } from "../../constructs/core/json";
import type { StackState, StateObject } from "../terraform/state";
import type { ProgramResource, ProgramStack } from "./program";
import type { Recovery } from "./recovery";

/**
 * Marks node pools whose replacement was interrupted. Vultr changes no pool's plan: the program replaces a pool when the
 * plan that it remembers changes (`replace_triggered_by`). A run that was killed when that was written down and the pool
 * was not replaced leaves nothing that would ever trigger it again; each plan then shows a change that the provider
 * accepts and drops. A pool holds no data, and the new one is made before it goes.
 */
export async function taintStuckPools(stack: ProgramStack, { states, eyes, report, dryRun }: Recovery): Promise<void> {
  const { state } = await states.of(stack.id);
  for (const resource of stack.resources.filter(({ type }) => type === "vultr_kubernetes_node_pools")) {
    try {
      const pool = objectAt(state, resource.address);
      const wanted = await eyes.values.text(resource, "plan");
      const found = pool?.attributes.plan;
      if (pool === undefined || pool.tainted || found === wanted || typeof found !== "string") continue;
      if (!isUsedUp(resource, stack, state)) continue;
      if (!dryRun) await states.taint(stack.id, resource.address);
      report.add(
        stack.id,
        resource.address,
        "tainted",
        `plan ${found} instead of ${wanted}: its replacement was interrupted`,
      );
    } catch (error) {
      report.fail(error, `${stack.id} ${resource.address}`);
    }
  }
}

/** Whether what triggers the replacement of a pool is in the state as the program wants it, so that it will not again. */
function isUsedUp({ body }: ProgramResource, stack: ProgramStack, state: StackState): boolean {
  const triggers = isJsonObject(body.lifecycle) ? body.lifecycle.replace_triggered_by : undefined;
  if (!Array.isArray(triggers) || triggers.length === 0) return false;
  return triggers.every((address) => {
    const wanted = stack.resources.find((each) => each.address === address)?.body.input;
    const remembered = objectAt(state, String(address))?.attributes.input;
    // A value of any type stands in a state with its type beside it.
    return isJsonObject(remembered) && isDeepStrictEqual(remembered.value, wanted);
  });
}

function objectAt(state: StackState, address: string): StateObject | undefined {
  return state.objects.find((object) => object.address === address && !object.deposed);
}
