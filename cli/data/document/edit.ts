import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isPair, isScalar, parse, parseDocument, Scalar, type YAMLMap } from "yaml";
import { StrataError } from "../../../constructs/core/errors";
import type { Generation, Generations } from "../../../constructs/data/generations";
import type { RestorableStore } from "../stores";
import { keepLines } from "./keep-lines";

/**
 * The text of an environment's document with other generations of a store. Everything else stays as it is, with its
 * comments.
 *
 * @throws StrataError when the place can't be edited, as where it is an alias
 */
export function withGenerations(text: string, store: RestorableStore, wanted: Generations): string {
  if (text.includes("\r\n")) {
    return withGenerations(text.replaceAll("\r\n", "\n"), store, wanted).replaceAll("\n", "\r\n");
  }
  const document = parseDocument(text);
  const indent = indentOf(text);
  const base = document.toString({ lineWidth: 0, indent });
  try {
    const settings = mapAt(document, mapAt(document, rootOf(document), "data"), store);
    if (settings.get("serving") !== wanted.serving) settings.set("serving", wanted.serving);
    update(document, mapAt(document, settings, "generations"), wanted.all);
  } catch (error) {
    if (!(error instanceof NoMapping)) throw error;
    const fix = "Write the mapping itself there, or change it by hand as the plan says.";
    throw StrataError.of({ where: `data.${store}`, problem: "this part of the document can't be edited", fix });
  }
  const changed = document.toString({ lineWidth: 0, indent });
  const kept = keepLines(text, base, changed);
  return means(kept, changed) ? kept : changed;
}

/** What the document then says of the store, alone. */
export function fragment(store: RestorableStore, wanted: Generations): string {
  return withGenerations("", store, wanted).trimEnd();
}

/** An alias, or something that is no mapping. */
class NoMapping extends Error {}

/** Spaces of one level, as the author indents. */
function indentOf(text: string): number {
  const width = /^[^\s#].*:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return Math.min(width, 8);
}

/** Whether two texts say the same. */
function means(text: string, other: string): boolean {
  try {
    return isDeepStrictEqual(parse(text), parse(other));
  } catch {
    return false;
  }
}

function rootOf(document: Document): YAMLMap {
  if (document.contents === null) document.contents = document.createNode({});
  if (!isMap(document.contents)) throw new NoMapping();
  return document.contents;
}

/** The mapping below a key; an empty one is put there when there is none. */
function mapAt(document: Document, parent: YAMLMap, key: string): YAMLMap {
  const known = parent.get(key, true);
  if (isMap(known)) return known;
  if (known !== undefined) throw new NoMapping();
  const created: unknown = document.createNode({});
  if (!isMap(created)) throw new NoMapping();
  // Block style, unless it stands in a mapping that is written in braces.
  created.flow = parent.flow === true;
  parent.set(key, created);
  return created;
}

/** Numbers are written as numbers, and found however they were written. */
function update(document: Document, generations: YAMLMap, wanted: Generations["all"]): void {
  const numbers = Object.keys(wanted);
  const numberOf = (pair: unknown) => (isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : "");
  const there = generations.items.map(numberOf);
  generations.items = generations.items.filter((pair) => numbers.includes(numberOf(pair)));
  for (const number of numbers.filter((each) => !there.includes(each))) {
    generations.set(new Scalar(Number(number)), nodeOf(document, wanted[Number(number)]));
  }
}

function nodeOf(document: Document, generation: Generation = {}) {
  const { recover } = generation;
  const node: unknown = document.createNode(recover === undefined ? {} : { from: recover.from });
  if (!isMap(node)) throw new NoMapping();
  node.flow = true;
  if (recover?.to !== undefined) {
    // Some readers take a bare one for a date.
    const moment = new Scalar(recover.to);
    moment.type = Scalar.QUOTE_DOUBLE;
    node.set("to", moment);
  }
  return node;
}
