import { Decoder, Encoder, ExtensionCodec } from "@msgpack/msgpack";
import { type CtyType, Dynamic, isValues, UNKNOWN, Unknown, type Value } from "./values";

// Terraform marks unknown values with MessagePack extension types: 0 for a plain one, 12 for one with refinements.
const extensions = new ExtensionCodec();
extensions.register({
  type: 0,
  encode: (value) => (value instanceof Unknown && value.refinement === undefined ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
extensions.register({
  type: 12,
  encode: (value) => (value instanceof Unknown && value.refinement !== undefined ? value.refinement : null),
  decode: (data) => new Unknown(new Uint8Array(data)),
});

const encoder = new Encoder({ extensionCodec: extensions, useBigInt64: true });
const decoder = new Decoder({ extensionCodec: extensions, useBigInt64: true });
const text = new TextEncoder();

/** Encodes a value as Terraform expects it on the wire. */
export function encodeValue(value: Value): Buffer {
  return Buffer.from(encoder.encode(toWire(value)));
}

/** Decodes a value that Terraform sent; an absent one is null. */
export function decodeValue(bytes: Uint8Array | null | undefined): Value {
  return bytes === null || bytes === undefined || bytes.length === 0 ? null : fromWire(decoder.decode(bytes));
}

function toWire(value: Value): unknown {
  if (value === null || value instanceof Unknown) return value;
  if (typeof value === "number") return numberToWire(value);
  if (value instanceof Dynamic) return [text.encode(JSON.stringify(value.type)), toWire(value.value)];
  if (Array.isArray(value)) return value.map(toWire);
  if (isValues(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member)]));
  }
  return value;
}

/** Fractions travel as decimal text: a binary float would come back as another number than the one configured. */
function numberToWire(value: number): number | bigint | string {
  if (!Number.isInteger(value)) return String(value);
  return Number.isSafeInteger(value) && Math.abs(value) > 0xffffffff ? BigInt(value) : value;
}

function fromWire(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (value instanceof Unknown) return value;
  if (typeof value === "bigint") return isSafe(value) ? Number(value) : value;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  if (Array.isArray(value)) {
    // Only a dynamic value has raw bytes in it: the JSON text of its type.
    const [type, dynamic] = value;
    if (type instanceof Uint8Array) return new Dynamic(parseType(type), fromWire(dynamic));
    return value.map(fromWire);
  }
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fromWire(member)]));
  }
  throw new Error(`Terraform sent a value of the unknown kind ${typeof value}.`);
}

function isSafe(value: bigint): boolean {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
}

function parseType(bytes: Uint8Array): CtyType {
  return JSON.parse(new TextDecoder().decode(bytes)) as CtyType;
}
