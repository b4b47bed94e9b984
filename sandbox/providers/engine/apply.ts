import { type Call, type Change, type ProviderHooks, Refusal, type ResourceHook } from "../hooks/types";
import type { Shape } from "../schema/model";
import { at, expand, put } from "../wire/paths";
import { copy, keyOf, Unknown, type Values } from "../wire/values";
import { World } from "../world/world";
import { digestOf, fill } from "./fill";

/** What an apply works with. */
export interface ApplyRequest {
  readonly address: string;
  readonly hooks: ProviderHooks;
  readonly hook: ResourceHook;
  readonly shape: Shape;
  readonly call: Call;
  readonly config: Values | null;
  /** Keys of the objects that are being made: making one may take a while, and the world has it only afterwards. */
  readonly underway: Set<string>;
}

/** An object after apply, and the id under which the world holds it. */
export interface Applied {
  readonly state: Values;
  readonly id: string;
}

/** Makes a planned object. */
export async function create(request: ApplyRequest, planned: Values): Promise<Applied> {
  const { address, hooks, hook, shape, call, config, underway } = request;
  const state = copy(planned);
  const { digest, id } = identify(request, state);
  const key = World.key(call.type, call.scope, id);
  if (isTaken(request, key) && !hook.overwrites?.(state, call.world)) {
    throw hook.taken?.(id, state) ?? new Refusal(`${call.type} "${id}" already exists`);
  }
  underway.add(key);
  try {
    if (state.id instanceof Unknown) state.id = id;
    await hook.create?.({ ...call, id, digest, prior: null, config, state });
    const filled = fill(shape, state, { seed: digest, formatId: hooks.formatId });
    call.world.put({ provider: address, type: call.type, scope: call.scope, id, values: filled });
    return { state: filled, id };
  } finally {
    underway.delete(key);
  }
}

/** Changes an object in place. What the real provider drops without a word keeps its prior value. */
export async function update(request: ApplyRequest, prior: Values, planned: Values, oldId: string): Promise<Applied> {
  const { address, hooks, hook, shape, call, config } = request;
  const state = copy(planned);
  for (const path of hook.silentlyIgnored ?? []) {
    for (const concrete of expand(state, path)) put(state, concrete, at(prior, concrete) ?? null);
  }
  const id = hook.id?.(state, call) ?? oldId;
  const digest = digestOf(address, call.type, call.scope, id);
  await hook.update?.({ ...call, id, digest, prior, config, state });
  const filled = fill(shape, state, { seed: digest, formatId: hooks.formatId });
  if (id !== oldId) call.world.remove(World.key(call.type, call.scope, oldId));
  call.world.put({ provider: address, type: call.type, scope: call.scope, id, values: filled });
  return { state: filled, id };
}

/** Removes an object. */
export async function destroy(request: ApplyRequest, prior: Values, id: string): Promise<void> {
  const { address, hook, call } = request;
  const digest = digestOf(address, call.type, call.scope, id);
  const change: Change = { ...call, id, digest, prior, config: null, state: copy(prior) };
  await hook.delete?.(change);
  call.world.remove(World.key(call.type, call.scope, id));
}

/**
 * The id of a new object. No call of the protocol carries the resource's address, so it comes from what is planned; a
 * counter tells equal objects apart.
 */
function identify(request: ApplyRequest, state: Values): { digest: string; id: string } {
  const { address, hooks, hook, call } = request;
  const named = hook.id?.(state, call);
  const seed = [address, call.type, call.scope, keyOf(state)];
  for (let count = 0; ; count++) {
    const digest = digestOf(...seed, String(count));
    const id = named ?? hooks.formatId(digest);
    if (named !== undefined || !isTaken(request, World.key(call.type, call.scope, id))) return { digest, id };
  }
}

function isTaken({ call, underway }: ApplyRequest, key: string): boolean {
  return call.world.has(key) || underway.has(key);
}
