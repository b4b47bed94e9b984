import type { Json } from "../../../../../../constructs/core/json";
import type { Edit, FieldPath } from "../mutant";

/** Edits of a number: a little, by half, to nothing; a priority to either side of every one beside it as well. */
export function numberEdits(value: number, path: FieldPath, priorities: readonly number[]): Edit[] {
  const near = [value - 1, value + 1, Math.floor(value / 2), value * 2, 0];
  const others = path.at(-1) === "priority" ? besides(value, priorities) : [];
  return [...new Set([...near, ...others])]
    .filter((each) => each !== value && each >= 0)
    .map((each) => ({ kind: "number", edit: `${value} becomes ${each}`, value: each }));
}

/** Just past the next priorities, past the first of the next thousands, and past all of them. */
function besides(value: number, priorities: readonly number[]): number[] {
  const sorted = [...new Set(priorities)].sort((a, b) => a - b);
  const above = sorted.filter((each) => each > value);
  const below = sorted.filter((each) => each < value).reverse();
  const classOf = (priority: number): number => Math.floor(priority / 10_000);
  const otherClass = (each: number): boolean => classOf(each) !== classOf(value);
  const up = [above[0], above.findLast((each) => !otherClass(each)), above.find(otherClass), above.at(-1)];
  const down = [below[0], below.findLast((each) => !otherClass(each)), below.find(otherClass), below.at(-1)];
  return [...up.map((each) => each && each + 1), ...down.map((each) => each && each - 1)].filter(
    (each) => each !== undefined,
  );
}

/** Edits of a value that is true or false. */
export function booleanEdits(value: boolean): Edit[] {
  return [{ kind: "boolean", edit: `${value} becomes ${!value}`, value: !value }];
}

/** Every number at the same place of other objects' lists. */
export function numbersAt(value: Json, field: string): number[] {
  if (Array.isArray(value)) return value.flatMap((each: Json) => numbersAt(each, field));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    name === field && typeof each === "number" ? [each] : numbersAt(each, field),
  );
}
