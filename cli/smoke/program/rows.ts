import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { ROUTE_CLASSES, type RouteClass } from "../../../constructs/access/route-table/route";
import { StrataError } from "../../../constructs/core/errors";
import { type RenderedRule, renderedRules } from "./rendered";
import { fulfils, type MatchedRequest, valuesOf } from "./rule";

/** A row of a route table: as it is declared, and as it is rendered. */
export interface Row {
  readonly host: string;
  /** As the program's report writes it: `/api/*` for a prefix. */
  readonly label: string;
  readonly path: string;
  readonly match: "exact" | "prefix";
  readonly class: RouteClass;
  readonly stack: string;
  /** Methods that the row takes; `undefined` for every method. `OPTIONS` is not named: a preflight passes. */
  readonly methods: readonly string[] | undefined;
  /** The rule of its requests. */
  readonly rendered: RenderedRule;
  /** The rules that it has beside that one. */
  readonly beside: Beside;
}

/** Rules of a row for some of its requests. */
export interface Beside {
  /** Of a gated row: for pages, which are sent to the login. */
  readonly page?: RenderedRule;
  /** Of a gated row: for preflight requests, which nobody is asked about. */
  readonly preflight?: RenderedRule;
  /** Of a denied row: what is left when the middleware that refuses is missing. All denied rows of a host share it. */
  readonly fallback?: RenderedRule;
}

/** A stack with what it stands on. */
export interface ListedStack {
  readonly id: string;
  readonly dependencies: readonly string[];
}

/** What is known of the routes of a synthesized program. */
export interface RouteProgram {
  readonly folder: string;
  readonly stacks: readonly ListedStack[];
  /** Every row of every host, in the order of the tables. */
  readonly rows: readonly Row[];
  /** The row that answers a request, by priority as the gateway has it; `undefined` where none does. */
  rowOf(request: MatchedRequest): Row | undefined;
}

const description = z.object({
  schemaVersion: z.literal(1),
  stacks: z.array(z.object({ id: z.string(), dependencies: z.array(z.string()) })),
  hosts: z.array(z.object({ host: z.string(), path: z.string(), class: z.enum(ROUTE_CLASSES), stack: z.string() })),
});

type Listed = z.infer<typeof description>["hosts"][number];

/**
 * Reads the routes of a synthesized program: what each row is for from program.json, how it is rendered from the stacks.
 *
 * @throws StrataError when there is no program, or when a declared row is not rendered
 */
export function readRoutes(folder: string): RouteProgram {
  const { stacks, hosts } = readDescription(path.join(folder, "program.json"));
  const rules = renderedRules(folder);
  const claimed = new Map<RenderedRule, Row>();
  const rows = hosts.map((listed) => {
    // Rules stand in the order of their rows.
    const next = (part: RulePart) =>
      rules.find((rule) => partOf(rule) === part && !claimed.has(rule) && renders(rule, listed));
    const rendered = next("own");
    if (rendered === undefined) throw notRendered(listed, path.join(folder, "program.json"));
    const beside = besideOf(listed, next);
    const row = { ...rowOf(listed, rendered), beside };
    for (const rule of [rendered, beside.page, beside.preflight]) if (rule !== undefined) claimed.set(rule, row);
    return row;
  });
  const owner = (rule: RenderedRule, request: MatchedRequest) =>
    claimed.get(rule) ?? rows.find((row) => row.beside.fallback === rule && fulfils(request, row.rendered.rule));
  const ordered = [...rules].sort((a, b) => b.priority - a.priority);
  return {
    folder,
    stacks,
    rows,
    rowOf: (request) => {
      const winner = ordered.find(({ rule }) => fulfils(request, rule));
      return winner && owner(winner, request);
    },
  };
}

/** What a rule is for its row. */
type RulePart = "own" | keyof Beside;

function partOf({ rule, backend, treatment }: RenderedRule): RulePart {
  const methods = valuesOf(rule, "Method");
  if (methods.length > 0 && methods.every((method) => method === "OPTIONS")) return "preflight";
  if (valuesOf(rule, "HeaderRegexp").includes("Accept")) return "page";
  return backend === undefined && treatment.refuses === undefined ? "fallback" : "own";
}

/** @throws StrataError when a row lacks a rule that keeps it shut, or that lets people in */
function besideOf(listed: Listed, next: (part: RulePart) => RenderedRule | undefined): Beside {
  const wanted = (part: keyof Beside, what: string): RenderedRule => {
    const found = next(part);
    if (found !== undefined) return found;
    const problem = `a ${listed.class} route has no rule ${what}`;
    const fix = "Run `npm run synth` again, with this version of Strata.";
    throw StrataError.of({ where: listed.stack, problem, value: `${listed.host}${listed.path}`, fix });
  };
  if (listed.class === "denied") return { fallback: wanted("fallback", "for want of its middleware") };
  if (listed.class !== "gated") return {};
  return { page: wanted("page", "for pages"), preflight: wanted("preflight", "for preflight requests") };
}

/** Whether a rendered rule is one of a declared row. */
function renders(
  { rule, stack }: RenderedRule,
  { host, path: label, stack: declaredIn }: Pick<Listed, "host" | "path" | "stack">,
): boolean {
  if (stack !== declaredIn || !valuesOf(rule, "Host").includes(host)) return false;
  const prefixes = valuesOf(rule, "PathPrefix");
  const prefix = label.endsWith("/*") ? label.slice(0, -1) : undefined;
  // The fallback of denied rows names all of their paths.
  if (prefix === undefined) return valuesOf(rule, "Path").includes(label) && !prefixes.includes(`${label}/`);
  return prefixes.some((each) => each === prefix || `${each}/` === prefix);
}

function rowOf({ host, path: label, class: kind, stack }: Listed, rendered: RenderedRule): Omit<Row, "beside"> {
  const prefix = label.endsWith("/*");
  const base = prefix ? label.slice(0, -2) || "/" : label;
  // A prefix whose path ends with a slash matches nothing without it.
  const slashed = prefix && base !== "/" && !valuesOf(rendered.rule, "Path").includes(base);
  const methods = valuesOf(rendered.rule, "Method").filter((method) => method !== "OPTIONS");
  return {
    host,
    label,
    path: slashed ? `${base}/` : base,
    match: prefix ? "prefix" : "exact",
    class: kind,
    stack,
    methods: methods.length === 0 ? undefined : methods,
    rendered,
  };
}

function readDescription(file: string): z.infer<typeof description> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    const fix = "Run `npm run synth` first, or give --dir.";
    throw StrataError.of({ where: file, problem: "is not there, or no JSON", fix });
  }
  const parsed = description.safeParse(json);
  if (parsed.success) return parsed.data;
  throw StrataError.of({
    where: file,
    problem: "is not the description of a program",
    value: z.prettifyError(parsed.error),
    fix: "Run `npm run synth` again.",
  });
}

function notRendered({ host, path: label, stack }: Listed, where: string): StrataError {
  return StrataError.of({
    where,
    problem: `lists a route that ${stack} does not render`,
    value: `${host}${label}`,
    fix: "Run `npm run synth` again: program and stacks are of different runs.",
  });
}
