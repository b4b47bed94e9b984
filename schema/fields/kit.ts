/**
 * The vocabulary of the configuration schemas. Every value states what would be right in one phrase (its hint): the
 * same words stand in error messages ("Write <hint>.") and in the editor.
 */
import * as z from "zod/mini";
import { orList } from "../words";

// Documents are small and parsed once: compiling parsers would cost more than it saves.
z.config({ jitless: true });

type Schema = z.ZodMiniType;

/** A string, optionally of a certain form. */
export function text(hint: string, form?: RegExp) {
  const check = form === undefined ? z.minLength(1, { error: hint }) : z.regex(form, { error: hint, abort: true });
  return z.string({ error: hint }).check(check);
}

/** A whole number between two bounds. */
export function whole(hint: string, min: number, max: number) {
  return z.int({ error: hint }).check(z.minimum(min, { error: hint }), z.maximum(max, { error: hint }));
}

/** A number above zero. */
export function positive(hint: string) {
  return z.number({ error: hint }).check(z.positive({ error: hint }));
}

/** True or false. */
export function flag() {
  return z.boolean({ error: "true or false" });
}

/** One of a few words. */
export function oneOf<const T extends readonly string[]>(values: T) {
  return z.enum(values, { error: orList(values) });
}

/** A list. */
export function list<T extends Schema>(item: T, hint: string, min = 0) {
  return z.array(item, { error: hint }).check(z.minLength(min, { error: hint }));
}

/** A mapping of names of the user's choice to settings. */
export function named<T extends Schema>(name: z.ZodMiniString<string>, value: T, hint: string) {
  return z.record(name, value, { error: hint });
}

/** A mapping with known keys only. An unknown key reports the known ones, separated as {@link KEY_SEPARATOR} says. */
export function strict<T extends Readonly<Record<string, Schema>>>(shape: T, hint = "a mapping of settings") {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? Object.keys(shape).join(KEY_SEPARATOR) : hint),
  });
}

/** Stands between the known keys in the message of an unknown one. */
export const KEY_SEPARATOR = ", ";

/** What a field means, and what holds when it is left out. */
export interface About {
  readonly description: string;
  /** In words where it isn't a constant. */
  readonly default?: string;
}

/** Builds a schema on first use and once: the same settings stand in several places. */
export function once<T>(build: () => T): () => T {
  let built: T | undefined;
  return () => {
    built ??= build();
    return built;
  };
}

/** A field that must be there. */
export function required<T extends Schema>(schema: T, description: string): T {
  return schema.check(z.meta({ description }) as z.core.$ZodCheck<z.core.output<T>>) as T;
}

/** A field that may be left out; `otherwise` says what holds then. */
export function optional<T extends Schema>(schema: T, description: string, otherwise?: string): z.ZodMiniOptional<T> {
  const full = otherwise === undefined ? description : `${description} Default: ${otherwise}.`;
  return z.optional(schema.check(z.meta({ description: full }) as z.core.$ZodCheck<z.core.output<T>>) as T);
}
