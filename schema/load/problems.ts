/** Turns what zod found into issues with file, line, path, value and what would be right. */
import type * as z from "zod/mini";
import type { Issue } from "../../constructs/core/errors";
import type { Json } from "../../constructs/core/json";
import { KEY_SEPARATOR } from "../fields/kit";
import { orList } from "../words";
import { nearest } from "./nearest";
import type { Path, Source } from "./source";

type ZodIssue = z.core.$ZodIssue;

/** A problem of a document: where in it, and what. */
export interface Problem {
  readonly path: Path;
  readonly problem: string;
  readonly value?: Json;
  readonly fix: string;
  /** The rest of the document can be read without it. */
  readonly harmless?: boolean;
}

/** Every problem that zod found, one for each unknown key. */
export function problemsOf(issues: readonly ZodIssue[], data: Json): Problem[] {
  return issues.flatMap((issue) => problems(issue, [], data));
}

/** A problem with its place. */
export function issueAt(source: Source, { path, problem, value, fix }: Problem): Issue {
  const issue = { where: source.where(path), problem, fix };
  return value === undefined || !isShort(value) ? issue : { ...issue, value };
}

function problems(issue: ZodIssue, base: Path, data: Json): Problem[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  const key = String(path[path.length - 1] ?? "the document");
  if (issue.code === "unrecognized_keys") return issue.keys.map((unknown) => unknownKey(path, unknown, issue.message));
  if (issue.code === "invalid_union") {
    const inner = branch(issue.errors);
    if (inner !== undefined) return inner.flatMap((each) => problems(each, path, data));
  }
  if (issue.code === "invalid_key" || (issue.code === "invalid_element" && issue.origin === "map")) {
    const hint = issue.issues[0]?.message ?? "another name";
    return [{ path, problem: `"${key}" can't be a name here`, fix: `Write ${hint}.` }];
  }
  const value = at(data, path);
  const fix = `Write ${issue.message}.`;
  if (value === undefined) return [{ path, problem: `${key} is missing`, fix }];
  if (value === null) return [{ path, problem: `${key} is empty`, fix: emptyFix(issue) }];
  return [{ path, problem: `${key} is not valid`, value, fix }];
}

function emptyFix(issue: ZodIssue): string {
  const takesMap = issue.message.startsWith("a mapping");
  return takesMap ? `Write {} for nothing special, or ${issue.message}.` : `Write ${issue.message}.`;
}

function unknownKey(path: Path, key: string, knownKeys: string): Problem {
  const known = knownKeys.split(KEY_SEPARATOR);
  const close = nearest(key, known);
  const fix = close.length > 0 ? `Did you mean ${orList(close)}?` : `Known here: ${known.join(", ")}.`;
  // The value isn't shown: what stands under an unknown key may be a secret.
  return { path: [...path, key], problem: `unknown key "${key}"`, fix, harmless: true };
}

/** Of several forms, the one whose outer shape fits; `undefined` if none or more than one does. */
function branch(errors: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] | undefined {
  const fitting = errors.filter((group) => !group.some((issue) => issue.path.length === 0 && isShape(issue)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function isShape(issue: ZodIssue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_union";
}

/** The value at a path. */
export function at(data: Json | undefined, path: Path): Json | undefined {
  let value: unknown = data;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value as Json | undefined;
}

function isShort(value: Json): boolean {
  return JSON.stringify(value).length <= 80;
}
