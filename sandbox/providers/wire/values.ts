/**
 * Terraform values as this program holds them. Numbers come as number, bigint (beyond 32 bits) or decimal text (beyond
 * both), because Terraform's own numbers have no size limit and nothing may be lost on the way through.
 */
export type Value = null | boolean | number | bigint | string | Unknown | Dynamic | Value[] | Values;

/** An object value: every attribute of its type is present, nulls included. */
export interface Values {
  [name: string]: Value;
}

/** A Terraform type as it stands in a schema, such as `"string"` or `["list", "string"]`. */
export type CtyType =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | readonly ["list" | "set" | "map", CtyType]
  | readonly ["object", Readonly<Record<string, CtyType>>, (readonly string[])?]
  | readonly ["tuple", readonly CtyType[]];

/** A value that is known after apply. A refinement (a promise about it) is kept as it came and sent back. */
export class Unknown {
  constructor(readonly refinement?: Uint8Array) {}
}

/** The plain unknown value. */
export const UNKNOWN = new Unknown();

/** A value of an attribute whose type is decided by the configuration: it carries its type with it. */
export class Dynamic {
  constructor(
    readonly type: CtyType,
    readonly value: Value,
  ) {}
}

/** Whether the value is an object or map (and not a list, an unknown or a dynamic value). */
export function isValues(value: Value | undefined): value is Values {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Dynamic)
  );
}

/** The value without its dynamic wrapper. */
export function unwrap(value: Value): Value {
  return value instanceof Dynamic ? value.value : value;
}

/** A text that is equal for equal values: sets have no order, so elements are compared and found by it. */
export function keyOf(value: Value | undefined): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Unknown) return "?";
  if (value instanceof Dynamic) return `(${JSON.stringify(value.type)})${keyOf(value.value)}`;
  if (Array.isArray(value)) return `[${value.map(keyOf).join(",")}]`;
  if (typeof value === "object") {
    const members = Object.keys(value).sort();
    return `{${members.map((name) => `${JSON.stringify(name)}:${keyOf(value[name])}`).join(",")}}`;
  }
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

/** Whether two values are the same. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  return keyOf(a) === keyOf(b);
}

/** Whether the value holds nothing that is only known after apply. */
export function isKnown(value: Value): boolean {
  if (value instanceof Unknown) return false;
  if (value instanceof Dynamic) return isKnown(value.value);
  if (Array.isArray(value)) return value.every(isKnown);
  if (isValues(value)) return Object.values(value).every(isKnown);
  return true;
}

/** A deep copy that may be changed freely. */
export function copy<T extends Value>(value: T): T;
export function copy(value: Value): Value {
  if (value instanceof Dynamic) return new Dynamic(value.type, copy(value.value));
  if (Array.isArray(value)) return value.map((element) => copy(element));
  if (isValues(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copy(member)]));
  }
  return value;
}
