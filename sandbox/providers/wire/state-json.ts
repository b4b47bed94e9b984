import type { Member, Shape } from "../schema/model";
import { type CtyType, Dynamic, isValues, type Value, type Values } from "./values";

/** Parses JSON as Terraform writes it; integers that JavaScript would round are kept as text. */
export function parseJson(json: string): unknown {
  const exact = json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) => {
    if (token.startsWith('"') || token.length < 16) return token;
    return /^-?\d+$/.test(token) && Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
  });
  return JSON.parse(exact);
}

/** Reads an object of a state file as a value of its schema: attributes it lacks are null, others are dropped. */
export function objectFromJson(shape: Shape, json: unknown): Values {
  const object = isRecord(json) ? json : {};
  return Object.fromEntries(shape.members.map((member) => [member.name, memberFromJson(member, object[member.name])]));
}

function memberFromJson(member: Member, json: unknown): Value {
  const { shape } = member;
  if (shape === undefined) return valueFromJson(member.type ?? "dynamic", json);
  if (isTyped(json)) return new Dynamic(json.type, memberFromJson(member, json.value));
  if (json === null || json === undefined) return member.block && isCollection(member) ? [] : null;
  if (member.nesting === "list" || member.nesting === "set") {
    return (Array.isArray(json) ? json : []).map((element) => objectFromJson(shape, element));
  }
  if (member.nesting === "map" && isRecord(json)) {
    return Object.fromEntries(Object.entries(json).map(([key, element]) => [key, objectFromJson(shape, element)]));
  }
  return objectFromJson(shape, json);
}

function isCollection(member: Member): boolean {
  return member.nesting === "list" || member.nesting === "set";
}

function valueFromJson(type: CtyType, json: unknown): Value {
  if (json === null || json === undefined) return null;
  if (type === "dynamic") return isTyped(json) ? new Dynamic(json.type, valueFromJson(json.type, json.value)) : null;
  if (typeof type === "string") return json as Value;
  if (type[0] === "list" || type[0] === "set") {
    return Array.isArray(json) ? json.map((element) => valueFromJson(type[1], element)) : null;
  }
  if (type[0] === "tuple") {
    return Array.isArray(json) ? type[1].map((element, index) => valueFromJson(element, json[index])) : null;
  }
  if (!isRecord(json)) return null;
  if (type[0] === "map") {
    return Object.fromEntries(Object.entries(json).map(([key, element]) => [key, valueFromJson(type[1], element)]));
  }
  const object: Values = {};
  for (const [name, member] of Object.entries(type[1])) object[name] = valueFromJson(member, json[name]);
  return isValues(object) ? object : null;
}

function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function isTyped(json: unknown): json is { type: CtyType; value: unknown } {
  return isRecord(json) && Object.keys(json).length === 2 && "type" in json && "value" in json;
}
