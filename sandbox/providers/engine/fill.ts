import { createHash } from "node:crypto";
import type { Member, Shape } from "../schema/model";
import { type CtyType, Dynamic, isValues, Unknown, type Value, type Values } from "../wire/values";

/** Where made-up values come from: the same seed gives the same values. */
export interface Source {
  readonly seed: string;
  readonly formatId: (digest: string) => string;
}

/** Hex digits for a seed. */
export function digestOf(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

/** Replaces everything that is still unknown by made-up values of the right type: what the API would have decided. */
export function fill(shape: Shape, state: Values, source: Source): Values {
  return Object.fromEntries(
    shape.members.map((member) => [member.name, fillMember(member, state[member.name] ?? null, source, member.name)]),
  );
}

function fillMember(member: Member, value: Value, source: Source, path: string): Value {
  if (member.writeOnly || value === null) return null;
  const { shape } = member;
  if (shape === undefined) return fillLeaf(member.type ?? "dynamic", value, source, path);
  if (value instanceof Dynamic) return new Dynamic(value.type, fillMember(member, value.value, source, path));
  if (value instanceof Unknown) return makeNested(member, shape, source, path);
  const element = (inner: Value, key: string): Value =>
    isValues(inner) ? fillNested(shape, inner, source, `${path}.${key}`) : inner;
  if (Array.isArray(value)) return value.map((inner, index) => element(inner, String(index)));
  if (member.nesting === "map" && isValues(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, element(inner, key)]));
  }
  return element(value, "");
}

function fillNested(shape: Shape, state: Values, source: Source, path: string): Values {
  return fill(shape, state, { ...source, seed: `${source.seed} ${path}` });
}

function makeNested(member: Member, shape: Shape, source: Source, path: string): Value {
  if (member.nesting === "list" || member.nesting === "set") return [];
  if (member.nesting === "map") return {};
  // An object that could have been configured and was not does not exist; one that is only computed does.
  if (member.optional) return null;
  const unknown = Object.fromEntries(shape.members.map(({ name }) => [name, new Unknown()]));
  return fillNested(shape, unknown, source, path);
}

function fillLeaf(type: CtyType, value: Value, source: Source, path: string): Value {
  if (value instanceof Unknown) return make(type, source, path);
  if (value instanceof Dynamic) return new Dynamic(value.type, fillLeaf(value.type, value.value, source, path));
  if (typeof type === "string") return value;
  if (Array.isArray(value)) {
    return value.map((inner, index) => {
      const inside = type[0] === "tuple" ? (type[1][index] ?? "dynamic") : type[0] === "object" ? "dynamic" : type[1];
      return fillLeaf(inside, inner, source, `${path}.${index}`);
    });
  }
  if (!isValues(value) || type[0] === "tuple") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const inside = type[0] === "object" ? (type[1][key] ?? "dynamic") : type[1];
      return [key, fillLeaf(inside, inner, source, `${path}.${key}`)];
    }),
  );
}

function make(type: CtyType, source: Source, path: string): Value {
  if (type === "string") return makeText(source, path);
  if (type === "number") return 0;
  if (type === "bool") return false;
  if (type === "dynamic") return null;
  if (type[0] === "list" || type[0] === "set") return [];
  if (type[0] === "map") return {};
  if (type[0] === "tuple") return type[1].map((inner, index) => make(inner, source, `${path}.${index}`));
  return Object.fromEntries(
    Object.entries(type[1]).map(([name, inner]) => [name, make(inner, source, `${path}.${name}`)]),
  );
}

/** The name of an attribute says what its text looks like; the address block is one kept for documentation. */
function makeText({ seed, formatId }: Source, path: string): string {
  const name = path.split(".").at(-1) ?? path;
  const digest = digestOf(seed, path);
  if (/^(date_|time_)|_(at|on|date|time)$|^(created|modified)$/.test(name)) return "2026-01-01T00:00:00Z";
  if (/(^|_)(id|uid|uuid)$/.test(name)) return formatId(digest);
  if (/(^|_)ip$|_ip_|_v4$/.test(name)) return `198.51.100.${1 + (Number.parseInt(digest.slice(0, 2), 16) % 254)}`;
  if (name === "status") return "active";
  return `sandbox-${digest.slice(0, 12)}`;
}
