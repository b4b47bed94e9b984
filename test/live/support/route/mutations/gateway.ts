import { fulfils, parseRule } from "../../../../../cli/smoke/program/rule";
import { isJsonObject, type Json, type JsonObject } from "../../../../../constructs/core/json";
import { at, list } from "../../../../helpers/releases";
import type { Mutant } from "./mutant";
import { acceptOf, type Question } from "./universe";

/** What becomes of a question: the rule that wins, and all that it does. */
type Treatment = string;

interface Rule {
  readonly entryPoints: readonly string[];
  readonly priority: number;
  readonly match: string;
  readonly treatment: Treatment;
  readonly namespace: string;
  /** Name of the middleware that a request comes to first. */
  readonly first: string;
}

/** A question, by index, and the rules that win before and after. */
interface Touched {
  readonly index: number;
  readonly from: Treatment;
  readonly to: Treatment;
}

/**
 * A reading of Traefik's rules that says which of them wins. It chooses what to ask about a mutant first, and says of
 * which mutants nothing can be seen because the same rule does the same for every request; what happens is asked of
 * Traefik itself.
 */
export class Gateway {
  private readonly fulfilled = new Map<string, readonly boolean[]>();
  private readonly plain: readonly Treatment[];
  /** `namespace name` of each middleware that refuses everybody. */
  private readonly refusing: readonly string[];
  /** Treatments that refuse, as they are apart from whose they are. */
  private readonly refusals = new Map<Treatment, string>();
  private readonly unchanged = new Map<string, readonly Treatment[]>();
  private readonly touched = new WeakMap<Mutant, Map<string, readonly number[]>>();

  constructor(
    private readonly objects: readonly JsonObject[],
    private readonly questions: readonly Question[],
  ) {
    this.refusing = denials(objects).map(({ metadata }) => `${at(metadata, "namespace")} ${at(metadata, "name")}`);
    this.plain = this.treatments(objects);
  }

  /** Questions, by index, that a mutant may answer differently; `missing` are middlewares that are not there. */
  touchedBy(mutant: Mutant, missing: readonly string[] = []): readonly number[] {
    const known = this.touched.get(mutant) ?? new Map<string, readonly number[]>();
    this.touched.set(mutant, known);
    const found = known.get(missing.join()) ?? this.compared(mutant, missing).map(({ index }) => index);
    known.set(missing.join(), found);
    return found;
  }

  /** One question, by index, of each way in which a mutant may be seen: by method, by who asks, and by what becomes of it. */
  waysToSee(mutant: Mutant): readonly number[] {
    const isRule = mutant.object.kind === "IngressRoute";
    const found = new Map<string, number>();
    for (const { index, from, to } of this.compared(mutant, [])) {
      const { table, method, page } = this.questions[index] ?? {};
      // A middleware does the same to every method of a rule.
      const way = JSON.stringify([table?.host, isRule && method, page, from, to]);
      if (!found.has(way)) found.set(way, index);
    }
    return [...found.values()];
  }

  private compared({ object, mutated }: Mutant, missing: readonly string[]): readonly Touched[] {
    if (object.kind !== "IngressRoute") return this.usersOf(String(at(object, "metadata", "name")));
    const others = this.objects.flatMap((each) => (each !== object ? [each] : mutated === undefined ? [] : [mutated]));
    const before = this.unchanged.get(missing.join()) ?? this.treatments(this.objects, missing);
    this.unchanged.set(missing.join(), before);
    const after = this.treatments(others, missing);
    return before.flatMap((from, index) => {
      const to = after[index] ?? "";
      // One refusal is like another.
      return (this.refusals.get(from) ?? from) === (this.refusals.get(to) ?? to) ? [] : [{ index, from, to }];
    });
  }

  /** Questions whose rule names something: a middleware, or a transport to a backend. */
  private usersOf(name: string): Touched[] {
    return this.plain.flatMap((from, index) => (from.includes(`"${name}"`) ? [{ index, from, to: from }] : []));
  }

  private treatments(objects: readonly JsonObject[], missing: readonly string[] = []): Treatment[] {
    const rules = objects.filter(({ kind }) => kind === "IngressRoute").flatMap(rulesOf);
    for (const { namespace, first, treatment } of rules) {
      if (!this.refusing.includes(`${namespace} ${first}`)) continue;
      this.refusals.set(treatment, treatment.slice(namespace.length).replace(`"${first}"`, '"refuses"'));
    }
    const present = rules.filter(({ treatment }) => !missing.some((name) => treatment.includes(`"${name}"`)));
    const matches = present.map((rule) => ({ ...rule, matched: this.matching(rule.match) }));
    matches.sort((a, b) => b.priority - a.priority);
    return this.questions.map(({ table }, index) => {
      const best: Treatment[] = [];
      let least = 0;
      for (const { entryPoints, matched, priority, treatment } of matches) {
        if (priority < least) break;
        if (!matched[index] || !serves(entryPoints, table.entryPoint)) continue;
        least = priority;
        best.push(treatment);
      }
      const treatment = best.length > 1 ? best.sort().join(" or ") : (best[0] ?? "");
      const [first, ...others] = best.map((each) => this.refusals.get(each));
      if (first !== undefined && others.every((each) => each === first)) this.refusals.set(treatment, first);
      return treatment;
    });
  }

  private matching(match: string): readonly boolean[] {
    const known = this.fulfilled.get(match);
    if (known !== undefined) return known;
    const rule = parseRule(match);
    const found = this.questions.map(({ table, method, path, page }) =>
      fulfils({ host: table.host, path, method, headers: { accept: acceptOf(page) } }, rule),
    );
    this.fulfilled.set(match, found);
    return found;
  }
}

/** A route that names no entry point is served at all of them. */
function serves(entryPoints: readonly string[], entryPoint: string): boolean {
  return entryPoints.length === 0 || entryPoints.includes(entryPoint);
}

function rulesOf(object: JsonObject): Rule[] {
  const entryPoints = texts(at(object, "spec", "entryPoints"));
  const namespace = String(at(object, "metadata", "namespace"));
  return list(at(object, "spec", "routes")).flatMap((rule) => {
    const { match, priority, ...more } = rule;
    if (typeof match !== "string") return [];
    // Without a priority of its own, a rule has the length of its text.
    const own = typeof priority === "number" && priority > 0 ? priority : match.length;
    const first = String(at(rule, "middlewares", 0, "name"));
    const treatment = `${namespace} ${JSON.stringify(sorted(more))}`;
    return [{ entryPoints, match, priority: own, treatment, namespace, first }];
  });
}

function sorted(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => a.localeCompare(b)));
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Names of the middlewares of a namespace that refuse everybody: rules that use them have a fallback. */
export function denials(objects: readonly JsonObject[]): JsonObject[] {
  return objects.filter((object) => {
    const ranges = texts(at(object, "spec", "ipAllowList", "sourceRange"));
    return isJsonObject(object.spec) && ranges.length === 1 && ranges[0] === "255.255.255.255/32";
  });
}
