import type { ResourceHook } from "../hooks/types";
import type { Member, Shape } from "../schema/model";
import { at, expand, put } from "../wire/paths";
import {
  copy,
  Dynamic,
  isValues,
  keyOf,
  same,
  UNKNOWN,
  Unknown,
  unwrap,
  type Value,
  type Values,
} from "../wire/values";

/** What Terraform asks to be planned. `prior` is null for a new object. */
export interface PlanRequest {
  readonly shape: Shape;
  readonly hook: ResourceHook;
  readonly prior: Values | null;
  readonly proposed: Values;
  readonly config: Values;
}

/** The planned object, and the paths whose change makes a new one of it. */
export interface Plan {
  readonly state: Values;
  readonly replace: readonly string[];
}

/**
 * Plans one object the way Terraform core accepts it: what the API decides is unknown where there is no prior value,
 * and everything else stays as it is proposed.
 */
export function plan({ shape, hook, prior, proposed, config }: PlanRequest): Plan {
  const wanted = copy(proposed);
  applyDefaults(wanted, config, hook.defaults ?? {});
  const state = planObject(shape, wanted, prior ?? undefined);
  if (prior !== null && !same(state, prior)) {
    for (const name of hook.recomputed ?? []) state[name] = UNKNOWN;
  }
  const replace =
    prior === null ? [] : (hook.forceNew ?? []).flatMap((path) => changedPaths(shape, path, prior, state));
  return { state, replace: [...new Set(replace)] };
}

function applyDefaults(wanted: Values, config: Values, defaults: Readonly<Record<string, Value>>): void {
  for (const [path, value] of Object.entries(defaults)) {
    for (const concrete of expand(wanted, path)) {
      const configured = at(config, concrete);
      if (configured === null || configured === undefined) put(wanted, concrete, copy(value));
    }
  }
}

function planObject(shape: Shape, proposed: Values, prior: Values | undefined): Values {
  return Object.fromEntries(
    shape.members.map((member) => [
      member.name,
      planMember(member, proposed[member.name] ?? null, prior?.[member.name]),
    ]),
  );
}

/** `prior` is undefined where there is no prior counterpart: only there the computed values are unknown. */
function planMember(member: Member, value: Value, prior: Value | undefined): Value {
  if (member.writeOnly) return null;
  if (value === null) return member.computed && prior === undefined ? UNKNOWN : null;
  const { shape } = member;
  if (shape === undefined || value instanceof Unknown) return value;
  const planned = planElements(member, shape, unwrap(value), prior === undefined ? undefined : unwrap(prior));
  return value instanceof Dynamic ? new Dynamic(value.type, planned) : planned;
}

function planElements(member: Member, shape: Shape, value: Value, prior: Value | undefined): Value {
  const element = (proposed: Value, before: Value | undefined): Value =>
    isValues(proposed) ? planObject(shape, proposed, isValues(before) ? before : undefined) : proposed;
  if (Array.isArray(value)) {
    const before = Array.isArray(prior) ? prior : [];
    if (member.nesting !== "set") return value.map((proposed, index) => element(proposed, before[index]));
    const known = new Set(before.map(keyOf));
    return value.map((proposed) => (known.has(keyOf(proposed)) ? proposed : element(proposed, undefined)));
  }
  if (member.nesting === "map" && isValues(value)) {
    const before = isValues(prior) ? prior : {};
    return Object.fromEntries(Object.entries(value).map(([key, proposed]) => [key, element(proposed, before[key])]));
  }
  return element(value, prior);
}

/** The concrete paths below a schema path that differ. A path into a set ends at the set: its elements have no address. */
function changedPaths(shape: Shape, schemaPath: string, prior: Values, planned: Values): string[] {
  const path = upToSet(shape, schemaPath);
  return expand(planned, path).filter((concrete) => !same(at(prior, concrete) ?? null, at(planned, concrete)));
}

function upToSet(shape: Shape, schemaPath: string): string {
  const steps = schemaPath.split(".");
  let current: Shape | undefined = shape;
  for (const [index, step] of steps.entries()) {
    const member: Member | undefined = current?.members.find(({ name }) => name === step);
    if (member?.nesting === "set") return steps.slice(0, index + 1).join(".");
    current = member?.shape;
  }
  return schemaPath;
}
