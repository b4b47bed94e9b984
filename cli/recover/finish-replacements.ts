import { isDeepStrictEqual } from "node:util";
import type { Import } from "../../constructs/core/imports";
import { isJsonObject } from "../../constructs/core/json";
import type { StackState, StateObject } from "../terraform/state";
import type { ProgramResource, ProgramStack } from "./program";
import type { Recovery } from "./recovery";
import { leavingAddress } from "./states";

/**
 * Goes on with the replacement of node pools. Vultr changes no pool's plan: the program replaces a pool when the plan that
 * it remembers changes (`replace_triggered_by`), the new one first. Of a run that was killed in between, either the new
 * pool is left, in no state, or nothing: the change is remembered, no plan will ever trigger the replacement again, and
 * each shows a change that the provider accepts and drops. A pool holds no data.
 *
 * @returns the new pools, to be imported in place of the old ones
 */
export async function finishReplacements(stack: ProgramStack, recovery: Recovery): Promise<readonly Import[]> {
  const { states, report } = recovery;
  const { state } = await states.of(stack.id);
  const imports: Import[] = [];
  for (const resource of stack.resources.filter(({ type }) => type === "vultr_kubernetes_node_pools")) {
    try {
      imports.push(...(await finish(resource, stack, state, recovery)));
    } catch (error) {
      report.fail(error, `${stack.id} ${resource.address}`);
    }
  }
  return imports;
}

async function finish(
  resource: ProgramResource,
  stack: ProgramStack,
  state: StackState,
  { states, eyes, report, dryRun }: Recovery,
): Promise<readonly Import[]> {
  const { address } = resource;
  const pool = objectAt(state, address);
  const wanted = await eyes.values.text(resource, "plan");
  const found = pool?.attributes.plan;
  if (pool === undefined || pool.tainted || typeof found !== "string" || wanted === undefined) return [];
  if (found === wanted) return [];
  const [successor, ...others] = (await eyes.namesakes(resource)).filter(({ plan }) => plan === wanted);
  // Of several, none is for us to choose: they are reported as what they are.
  if (others.length > 0) return [];
  const old = `${pool.attributes.id} (plan ${found})`;
  if (successor !== undefined) {
    // What remembers the old plan would have the new pool replaced as well, as soon as it is in the state.
    const triggers = triggersOf(resource, stack, state).filter(({ usedUp, remembered }) => remembered && !usedUp);
    if (!dryRun) for (const trigger of triggers) await states.forget(stack.id, trigger.address);
    if (!dryRun) await states.move(stack.id, address, leavingAddress(address));
    report.add(stack.id, address, "import", `${successor.importId}: it replaces ${old}, which the next apply deletes`);
    return [{ to: address, id: successor.importId }];
  }
  const triggers = triggersOf(resource, stack, state);
  if (triggers.length === 0 || !triggers.every(({ usedUp }) => usedUp)) return [];
  if (!dryRun) await states.taint(stack.id, address);
  report.add(stack.id, address, "tainted", `${old}: the next apply replaces it with plan ${wanted}`);
  return [];
}

/** What triggers the replacement of a pool when it changes. */
interface Trigger {
  readonly address: string;
  /** The state has it. */
  readonly remembered: boolean;
  /** The state has it as the program wants it, so that it will trigger nothing any more. */
  readonly usedUp: boolean;
}

function triggersOf({ body }: ProgramResource, stack: ProgramStack, state: StackState): Trigger[] {
  const addresses = isJsonObject(body.lifecycle) ? body.lifecycle.replace_triggered_by : undefined;
  return (Array.isArray(addresses) ? addresses : []).map(String).map((address) => {
    const wanted = stack.resources.find((each) => each.address === address)?.body.input;
    const remembered = objectAt(state, address)?.attributes.input;
    // A value of any type stands in a state with its type beside it.
    const usedUp = isJsonObject(remembered) && isDeepStrictEqual(remembered.value, wanted);
    return { address, remembered: remembered !== undefined, usedUp };
  });
}

function objectAt(state: StackState, address: string): StateObject | undefined {
  return state.objects.find((object) => object.address === address && !object.deposed);
}
