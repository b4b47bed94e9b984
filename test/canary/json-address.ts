import { isJsonObject } from "../../constructs/core/json";

/**
 * What part of Terraform a place in a JSON text belongs to: the address of a resource, data source or output in a state,
 * in what `terraform show -json` prints, or in a synthesized stack. Undefined where the text is no such JSON.
 *
 * @param offsets places in bytes, in ascending order
 */
export function addressesAt(bytes: Buffer, offsets: readonly number[]): ReadonlyMap<number, string> {
  if (offsets.length === 0) return new Map();
  const text = bytes.toString("latin1");
  if (!text.trimStart().startsWith("{")) return new Map();
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString("utf8"));
  } catch {
    return new Map();
  }
  const found = new Map<number, string>();
  for (const [offset, way] of waysTo(text, offsets)) {
    const address = addressOf(document, way);
    if (address !== undefined) found.set(offset, address);
  }
  return found;
}

type Way = readonly (string | number)[];

/** The keys and numbers that lead to each place. */
function waysTo(text: string, offsets: readonly number[]): ReadonlyMap<number, Way> {
  const found = new Map<number, Way>();
  const way: (string | number)[] = [];
  let next = 0;
  let isKey = false;
  for (let at = 0; at < text.length && next < offsets.length; at++) {
    const start = at;
    const letter = text[at];
    if (letter === '"') {
      at = endOfString(text, at);
      if (isKey && typeof way.at(-1) === "string") {
        way[way.length - 1] = unquoted(text.slice(start, at + 1));
        isKey = false;
      }
    } else if (letter === "{") {
      way.push("");
      isKey = true;
    } else if (letter === "[") {
      way.push(0);
    } else if (letter === "}" || letter === "]") {
      way.pop();
      isKey = false;
    } else if (letter === ",") {
      const last = way.at(-1);
      if (typeof last === "number") way[way.length - 1] = last + 1;
      else isKey = true;
    }
    for (let offset = offsets[next]; offset !== undefined && offset <= at; offset = offsets[++next]) {
      found.set(offset, [...way]);
    }
  }
  return found;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Objects that are outputs stand below one of these. */
const OUTPUTS = new Set(["outputs", "output_changes", "output"]);

function addressOf(document: unknown, way: Way): string | undefined {
  let here = document;
  let address: string | undefined;
  for (const [index, step] of way.entries()) {
    // The outermost one counts: what a resource holds may look like an address too.
    address ??= resourceAddress(here);
    const key = way[index + 1];
    if (address === undefined && OUTPUTS.has(String(step)) && key !== undefined) return `output.${key}`;
    here = Array.isArray(here) ? here[Number(step)] : isJsonObject(here) ? here[step] : undefined;
  }
  return address ?? way.slice(0, 3).join(".");
}

/** Of a resource in a state, or of whatever names its address itself. */
function resourceAddress(value: unknown): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const { address, mode, type, name } = value;
  if (typeof address === "string") return address;
  if (typeof mode !== "string" || typeof type !== "string" || typeof name !== "string") return undefined;
  return `${mode === "data" ? "data." : ""}${type}.${name}`;
}
