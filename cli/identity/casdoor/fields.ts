import { createHash, timingSafeEqual } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject } from "../../../constructs/core/json";
import type { SecretValue } from "../../secrets/secret-value";
import type { FoundObject, RedirectUris, UriDifference } from "../engine";

/** What an owned field should hold: a value, or what becomes of the one that is there. */
export type Owned = Readonly<Record<string, Json | ((found: Json | undefined) => Json)>>;

/** What Casdoor shows in place of a secret, and takes for "leave it". */
export const MASK = "***";

/** The owned fields with what they should hold, seen from what is there. */
export function rightValues(owned: Owned, found: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(owned).map(([name, value]) => [name, typeof value === "function" ? value(found[name]) : value]),
  );
}

/** Names of the owned fields that hold something else. An empty list and none are the same to Casdoor. */
export function differences(owned: Owned, found: JsonObject): readonly string[] {
  return Object.entries(rightValues(owned, found)).flatMap(([name, right]) =>
    isDeepStrictEqual(found[name] ?? null, right ?? null) ? [] : [name],
  );
}

/** The redirect URIs that should be there: those that stay, in their order, then those that are missing. */
export function rightUris({ wanted, others }: RedirectUris) {
  return (found: Json | undefined): Json => {
    const there = [...new Set(textsIn(found))];
    const kept = others === "stay" ? there : there.filter((uri) => wanted.includes(uri));
    return [...kept, ...wanted.filter((uri) => !there.includes(uri))];
  };
}

/** Which redirect URIs come and go. */
export function uriDifference({ wanted, others }: RedirectUris, found: Json | undefined): UriDifference {
  const there = [...new Set(textsIn(found))];
  return {
    missing: wanted.filter((uri) => !there.includes(uri)),
    stale: others === "stay" ? [] : there.filter((uri) => !wanted.includes(uri)),
  };
}

/** Compares by hash, so that neither the time it takes nor a dump of memory tells more than yes or no. */
export function compareSecret(found: Json | undefined, wanted: SecretValue): FoundObject["secret"] {
  if (found === MASK) return "hidden";
  const hashed = typeof found === "string" ? hash(found) : hash("");
  return timingSafeEqual(hashed, hash(wanted.reveal())) ? "same" : "different";
}

/** Tells one state of an object from another: the same software writes the fields in the same order. */
export function revisionOf(object: JsonObject): string {
  return hash(JSON.stringify(object)).toString("hex");
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}

/** The objects of a list; anything else in it is left out. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textsIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** A text of an object; empty when there is none. */
export function textOf(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}
