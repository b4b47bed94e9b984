import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject } from "../../../../../constructs/core/json";
import { at, list, texts } from "../../../../helpers/releases";
import { admits, CONNECTING, isAdmitted } from "./checks/ranges";
import type { Gateway } from "./gateway";
import type { Mutant } from "./mutant";

/** What the reasons are looked up in. */
export interface Known {
  readonly objects: readonly JsonObject[];
  readonly gateway: Gateway;
  /** Names of the middlewares that refuse everybody. */
  readonly refusing: readonly string[];
  /** Values of the Traefik release. */
  readonly values: JsonObject;
}

/** A kind of mutant of which nothing can be seen, because nothing is different. */
export interface Equivalence {
  readonly reason: string;
  /** It changes so little that time decides whether it is seen. @default - nothing may be seen */
  readonly mayBeSeen?: true;
  /** Whether the reason holds for a mutant. */
  readonly holds: (mutant: Mutant, known: Known) => boolean;
}

/** Every reason for which an edit may change nothing. An edit that none of them is for must be seen. */
export const EQUIVALENCES: readonly Equivalence[] = [
  {
    reason: "for every request the rule that wins does the same, also where what refuses is missing",
    holds: (mutant, { gateway, refusing }) =>
      mutant.object.kind === "IngressRoute" &&
      mutant.path[1] === "routes" &&
      gateway.touchedBy(mutant).length === 0 &&
      gateway.touchedBy(mutant, refusing).length === 0,
  },
  {
    reason: "Traefik takes for granted what is not said",
    holds: ({ object, path, edit }) => {
      const value = at(object, ...path);
      return edit === "is gone" && (DEFAULTS[String(path.at(-1))] ?? []).some((each) => each === value);
    },
  },
  {
    reason: "a list that is a set has no order",
    holds: ({ path, kind }) => kind === "list: order" && SETS.includes(String(path.at(-1))),
  },
  {
    reason: "neither of two middlewares reads or writes what the other does",
    holds: (mutant, known) => {
      if (mutant.kind !== "list: order" || mutant.path.at(-1) !== "middlewares") return false;
      const [before, after] = [mutant.object, mutant.mutated].map((object) => chainOf(object, mutant, known));
      const moved = (before ?? []).filter((each, index) => each !== after?.[index]);
      return moved.every((each) => moved.every((other) => each === other || areIndependent(each, other)));
    },
  },
  {
    reason: "nobody who may connect has an address that is let in",
    holds: ({ object, mutated }, { refusing }) => {
      const ranges = texts(at(mutated, "spec", "ipAllowList", "sourceRange"));
      const isRefusing = refusing.includes(String(at(object, "metadata", "name")));
      return isRefusing && ranges.length > 0 && !CONNECTING.some((each) => isAdmitted(each) && admits(ranges, each));
    },
  },
  {
    reason: "what stands after a refusal is never reached",
    holds: ({ path, kind, mutated }, { refusing }) => {
      const [first] = list(at(mutated, ...path));
      return kind === "list: element more" && path.at(-1) === "middlewares" && refusing.includes(String(first?.name));
    },
  },
  {
    reason: "another middleware that does the same, or the same limit twice",
    holds: (mutant, known) => {
      if (!mutant.path.includes("middlewares") || mutant.mutated === undefined) return false;
      const [before, after] = [mutant.object, mutant.mutated].map((object) => chainOf(object, mutant, known));
      const all = [...(before ?? []), ...(after ?? [])];
      return all.length > 0 && isDeepStrictEqual(withoutRepeats(before ?? []), withoutRepeats(after ?? []));
    },
  },
  {
    reason: "a limit that is not stricter than one that is there",
    holds: (mutant, known) => {
      if (mutant.kind !== "list: element more" || !mutant.path.includes("middlewares")) return false;
      const before = chainOf(mutant.object, mutant, known);
      const more = chainOf(mutant.mutated, mutant, known).slice(before.length);
      return more.length > 0 && more.every((each) => before.some((own) => isAsGenerous(each, own)));
    },
  },
  {
    reason: "a gate answers every path beside its own pages alike",
    holds: ({ object, mutated, path }) => {
      const [was, is] = [object, mutated].map((each) => URL.parse(String(at(each, "spec", "forwardAuth", "address"))));
      const beside = (url: URL | null | undefined): boolean => url?.pathname.startsWith("/oauth2") === false;
      return path.at(-1) === "address" && was?.origin === is?.origin && beside(was) && beside(is);
    },
  },
  {
    reason: "one request more or less in a second is less than comes in while it is measured",
    mayBeSeen: true,
    holds: ({ object, mutated, path }) => {
      const [was, is] = [at(object, ...path), at(mutated, ...path)];
      const isRate = path.includes("rateLimit") && ["average", "burst"].includes(String(path.at(-1)));
      return isRate && typeof was === "number" && typeof is === "number" && is > 0 && Math.abs(was - is) <= 1;
    },
  },
  {
    reason: "the entry point takes away every header with an underscore in its name",
    holds: ({ path, edit }, { values }) =>
      path.includes("customRequestHeaders") &&
      edit === "is gone" &&
      /_/.test(String(path.at(-1))) &&
      ["edge", "machine"].every((name) => at(values, "ports", name, "http", "underscoreHeadersStrategy") === "delete"),
  },
  {
    reason: "the entry point ends TLS for every route that names no certificate of its own",
    holds: ({ object, path, edit }, { values }) =>
      path.join(".") === "spec.tls" &&
      edit === "is gone" &&
      isDeepStrictEqual(at(object, ...path), {}) &&
      texts(at(object, "spec", "entryPoints")).every(
        (name) => at(values, "ports", name, "http", "tls", "enabled") === true,
      ),
  },
];

/** Why nothing can be seen of a mutant; undefined when something must be. */
export function equivalenceOf(mutant: Mutant, known: Known): Equivalence | undefined {
  return EQUIVALENCES.find(({ holds }) => holds(mutant, known));
}

/** Whether two rules come to one priority: which of them is asked first is not said anywhere, so either may be. */
export function isUndetermined({ object, mutated, path }: Mutant): boolean {
  if (path.at(-1) !== "priority" || mutated === undefined) return false;
  const priority = at(mutated, ...path);
  return list(at(object, "spec", "routes")).some((rule, index) => index !== path[2] && rule.priority === priority);
}

/** What Traefik's own kinds are where a field is not said. */
const DEFAULTS: Readonly<Record<string, readonly Json[]>> = { kind: ["Rule", "Service"], trustForwardHeader: [false] };
const SETS = ["sourceRange", "authResponseHeaders", "entryPoints"];

/** Specs of the middlewares of the rule in which a mutant's field stands. */
function chainOf(object: JsonObject | undefined, { path }: Mutant, { objects }: Known): Json[] {
  const namespace = at(object, "metadata", "namespace");
  const until = path.indexOf("middlewares") + 1;
  return list(at(object, ...path.slice(0, until))).map((reference) => {
    const found = objects.find(
      (each) =>
        each.kind === "Middleware" &&
        at(each, "metadata", "name") === reference.name &&
        at(each, "metadata", "namespace") === namespace,
    );
    return found?.spec ?? `no middleware ${String(reference.name)}`;
  });
}

/** Whether one limit lets through all that another does, of the same clients. */
function isAsGenerous(limit: Json, other: Json): boolean {
  const [one, two] = [limit, other].map((each) => at(each, "rateLimit"));
  const most = (each: Json | undefined, name: string): number => Number(at(each, name) ?? Number.NaN);
  const more = ["average", "burst"].every((name) => most(one, name) >= most(two, name));
  return more && isDeepStrictEqual(at(one, "sourceCriterion"), at(two, "sourceCriterion"));
}

function withoutRepeats(specs: readonly Json[]): Json[] {
  return specs.filter((spec, index) => specs.findIndex((each) => isDeepStrictEqual(each, spec)) === index);
}

/** Parts of a request and its answer that kinds of middlewares read or write. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  customRequestHeaders: ["request headers"],
  customResponseHeaders: ["response headers"],
  rateLimit: ["connecting address", "whether it is refused"],
  buffering: ["body", "whether it is refused"],
  stripPrefix: ["path", "X-Forwarded-Prefix"],
};

/** Two kinds of middlewares of which one could have an effect on the other have a part in common. */
export function areIndependent(first: Json, second: Json): boolean {
  const [one, two] = [partsOf(first), partsOf(second)];
  if (one === undefined || two === undefined) return false;
  return !one.some((part) => two.includes(part));
}

function partsOf(spec: Json): readonly string[] | undefined {
  if (!isJsonObject(spec)) return undefined;
  const kinds = isJsonObject(spec.headers) ? Object.keys(spec.headers) : Object.keys(spec);
  const parts = kinds.map((kind) => PARTS[kind]);
  const headers = Object.keys(
    isJsonObject(at(spec, "headers", "customRequestHeaders"))
      ? Object(at(spec, "headers", "customRequestHeaders"))
      : {},
  );
  // The address that limits count by, and the prefix that was taken off, are headers too.
  const named = headers.flatMap((name) => {
    if (name.toLowerCase() === "x-forwarded-for") return ["connecting address"];
    return name.toLowerCase() === "x-forwarded-prefix" ? ["X-Forwarded-Prefix"] : [];
  });
  return parts.some((each) => each === undefined) ? undefined : [...parts.flatMap((each) => each ?? []), ...named];
}
