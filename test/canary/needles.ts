import { type Canary, SHORTEST, TooShort } from "./secret";

/** How a value was written where it was found. */
export type Encoding = "plain" | "JSON" | "URL" | "hex" | "base64" | "base64url" | "base64 of base64";

/** One text by which a secret is recognised. */
export interface Needle {
  readonly id: string;
  readonly encoding: Encoding;
  readonly bytes: Buffer;
}

/** Lines of a value are looked for by themselves: a PEM key is indented or joined in YAML and JSON. */
const SHORTEST_LINE = 24;
/** A run of letters and digits survives every way of escaping. */
const SHORTEST_RUN = 16;

/**
 * Every text by which a value is recognised, wherever it stands in a longer one.
 *
 * @throws TooShort when it is too short to be recognised at all
 */
export function needlesOf(canary: Canary): readonly Needle[] {
  const { id, value } = canary;
  if (Buffer.byteLength(value) < SHORTEST) throw new TooShort(canary);
  const found = new Map<string, Needle>();
  const add = (encoding: Encoding, bytes: Buffer): void => {
    const key = bytes.toString("latin1");
    if (bytes.length >= SHORTEST && !found.has(key)) found.set(key, { id, encoding, bytes });
  };
  for (const text of textsOf(canary)) {
    const bytes = Buffer.from(text);
    add("plain", bytes);
    for (const escaped of jsonForms(text)) add("JSON", Buffer.from(escaped));
    for (const escaped of urlForms(text)) add("URL", Buffer.from(escaped));
    for (const hex of [bytes.toString("hex"), bytes.toString("hex").toUpperCase()]) add("hex", Buffer.from(hex));
    for (const inner of base64Forms(bytes)) {
      add("base64", inner);
      add("base64url", Buffer.from(inner.toString("latin1").replaceAll("+", "-").replaceAll("/", "_")));
      for (const outer of base64Forms(inner)) add("base64 of base64", outer);
    }
  }
  return [...found.values()];
}

/** The value and those parts of it that are secret by themselves. */
function textsOf({ value, wholeOnly = false }: Canary): readonly string[] {
  if (wholeOnly) return [value];
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const secretLines = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE && !isHeading(line)) : [];
  const runs = [...value.matchAll(/[A-Za-z0-9]+/g)].map(([run]) => run).sort((a, b) => b.length - a.length);
  const longest = runs.slice(0, 1).filter((run) => run.length >= SHORTEST_RUN);
  return [value, ...secretLines, ...(lines.length > 1 ? [] : longest)];
}

/** `-----BEGIN PRIVATE KEY-----` stands in every key. */
function isHeading(line: string): boolean {
  return line.startsWith("-----");
}

/** As JavaScript and as Go write it into JSON, and that once more in a text that is JSON itself. */
function jsonForms(text: string): readonly string[] {
  const once = inJson(text);
  const ofGo = once.replace(/[<>&\u2028\u2029]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [once, ofGo, inJson(once), inJson(ofGo)];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As part of a URL and as a field of a form; the digits of an escape are written in both cases. */
function urlForms(text: string): readonly string[] {
  const component = encodeURIComponent(text);
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  const lower = (escaped: string): string => escaped.replace(/%[0-9A-F]{2}/g, (each) => each.toLowerCase());
  return [component, form, lower(component), lower(form)];
}

/**
 * The base64 of bytes that stand in a longer text, at each of the three places in which they may begin: without the
 * characters that depend on what stands before and behind.
 */
export function base64Forms(bytes: Buffer): readonly Buffer[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const first = Math.ceil((before * 8) / 6);
    return Buffer.from(text.slice(first, Math.floor(((before + bytes.length) * 8) / 6)));
  });
}
