/** A YAML file that remembers where everything stands. */
import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Issue } from "../../constructs/core/errors";
import type { Json } from "../../constructs/core/json";

/** Keys that lead to a value. */
export type Path = readonly (string | number)[];

export interface Source {
  /** Path as shown to the user. */
  readonly file: string;
  /** The file as plain data; `undefined` if it could not be read. */
  readonly data: Json | undefined;
  /** What is wrong with the file as YAML. */
  readonly issues: readonly Issue[];
  /** `file:line path`; where the path leads nowhere, the line of what is nearest to it. */
  where(path: Path): string;
}

/** Reads a file; it never throws. */
export function readSource(path: string): Source {
  const file = shown(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    return broken(file, unreadable(file, error));
  }
  return parseSource(file, text);
}

/** Parses the text of a file; it never throws. */
export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: "silent", prettyErrors: false });
    const where = (path: Path) =>
      `${file}:${lineOf(document, path, lines)}${path.length > 0 ? ` ${path.join(".")}` : ""}`;
    const issues = [...document.errors, ...document.warnings].map((error) => ({
      where: `${file}:${lines.linePos(error.pos[0]).line || 1}`,
      problem: `not valid YAML: ${error.message}`,
      fix: "Mend the syntax; indentation is by spaces, and every key stands once.",
    }));
    if (issues.length > 0) return { file, data: undefined, issues, where };
    return { file, data: plain(document.toJS({ maxAliasCount: 100 })), issues, where };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return broken(file, { where: file, problem: `not valid YAML: ${reason}`, fix: "Simplify the file." });
  }
}

/** A path as a user would type it: relative to the working directory where it is inside. */
export function shown(path: string): string {
  const short = relative(process.cwd(), resolve(path));
  return short === "" || short.startsWith(`..${sep}`) || short === ".." ? path : short;
}

function broken(file: string, issue: Issue): Source {
  return { file, data: undefined, issues: [issue], where: () => file };
}

function unreadable(file: string, error: unknown): Issue {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (code === "ENOENT")
    return { where: file, problem: "there is no such file", fix: "Run `npx strata init`, or write it." };
  if (code === "EISDIR") return { where: file, problem: "this is a directory", fix: "Put a YAML file in its place." };
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return { where: file, problem: "this is not text in UTF-8", fix: "Save it as UTF-8." };
  }
  return { where: file, problem: `can't be read (${code || "unknown error"})`, fix: "Check its permissions." };
}

/** What JSON can't say (`.nan`, `.inf`, big integers, dates by tag) becomes text, which no schema takes for a number. */
function plain(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return String(value);
}

function lineOf(document: Document, path: Path, lines: LineCounter): number {
  let node: unknown = document.contents;
  let offset = start(node) ?? 0;
  for (const step of path) {
    const next = child(node, step);
    if (next === undefined) break;
    offset = start(next.key) ?? start(next.value) ?? offset;
    node = next.value;
  }
  return lines.linePos(offset).line || 1;
}

function child(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return value === undefined ? undefined : { value };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step));
  return pair === undefined ? undefined : { key: pair.key, value: pair.value };
}

function start(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
