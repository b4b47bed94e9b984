import type { PoolSpec } from "../../clusters/driver";
import { digestOf } from "../engine/fill";
import { at, textAt } from "../wire/paths";
import { isValues, type Value, type Values } from "../wire/values";
import { numberFrom, uuid } from "./ids";

/** Gives a new pool what the API decides: its ids and its nodes. */
export function fillPool(pool: Values, digest: string, tag: string): void {
  pool.id = uuid(digest);
  pool.tag = tag;
  pool.status = "active";
  for (const kind of ["labels", "taints"]) {
    for (const each of listAt(pool, kind)) each.id = uuid(digestOf(digest, kind, textAt(each, "key")));
  }
  resize(pool, [], digest);
}

/** Gives a pool as many nodes as it is to have: those that are there stay, the last ones go first. */
export function resize(pool: Values, present: readonly Values[], digest: string): void {
  const count = Number(at(pool, "node_quantity"));
  pool.nodes = Array.from({ length: count }, (_, index): Value => {
    const kept = present[index];
    if (kept !== undefined) return kept;
    const id = digestOf(digest, "node", String(index));
    const label = `${textAt(pool, "label")}-${id.slice(0, 12)}`;
    return { id: uuid(id), label, status: "active", date_created: "2026-01-01T00:00:00Z" };
  });
  for (const each of [...listAt(pool, "labels"), ...listAt(pool, "taints")]) {
    if (typeof each.id !== "string")
      each.id = uuid(digestOf(digest, textAt(each, "key"), String(numberFrom(digest, 0, 9))));
  }
}

/** A pool as a driver is told of it. */
export function poolSpec(pool: Values, region: string): PoolSpec {
  return {
    id: textAt(pool, "id"),
    label: textAt(pool, "label"),
    tag: textAt(pool, "tag"),
    plan: textAt(pool, "plan"),
    region,
    labels: Object.fromEntries(listAt(pool, "labels").map((each) => [textAt(each, "key"), textAt(each, "value")])),
    taints: listAt(pool, "taints").map((each) => ({
      key: textAt(each, "key"),
      value: textAt(each, "value"),
      effect: textAt(each, "effect"),
    })),
    nodes: listAt(pool, "nodes").map((each) => ({ id: textAt(each, "id"), label: textAt(each, "label") })),
  };
}

/** The objects of a list or set; none where it is not known or not there. */
export function listAt(values: Values | null, name: string): Values[] {
  const list = values?.[name];
  return Array.isArray(list) ? list.filter(isValues) : [];
}
