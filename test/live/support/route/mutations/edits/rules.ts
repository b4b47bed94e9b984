import { parseRule, type Rule } from "../../../../../../cli/smoke/program/rule";
import type { Edit } from "../mutant";
import { textOf } from "./rule-text";

/** A rule with one change in it. */
interface Changed {
  readonly edit: string;
  readonly rule: Rule;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Edits of a rule by its grammar: of every matcher, and of everything that joins them. `hosts` are the known ones. */
export function ruleEdits(text: string, hosts: readonly string[]): Edit[] {
  return changes(parseRule(text), hosts).map(({ edit, rule }) => ({ kind: "rule", edit, value: textOf(rule) }));
}

function changes(rule: Rule, hosts: readonly string[]): Changed[] {
  if (rule.kind === "matcher") return [...matcherChanges(rule, hosts), negated(rule)];
  if (rule.kind === "not") {
    const inside = changes(rule.of, hosts).map((each) => ({ ...each, rule: { kind: rule.kind, of: each.rule } }));
    return [...inside, { edit: "the ! is gone", rule: rule.of }];
  }
  const inside = rule.of.flatMap((part, index) =>
    changes(part, hosts).map(({ edit, rule: changed }) => ({
      edit,
      rule: { ...rule, of: rule.of.with(index, changed) },
    })),
  );
  const without = rule.of.map((part, index) => ({
    edit: `${textOf(part)} is gone`,
    rule: joined(rule.kind, rule.of.toSpliced(index, 1)),
  }));
  const other = rule.kind === "all" ? "any" : "all";
  const turned = {
    edit: `${rule.kind} of ${textOf(rule)} becomes ${other}`,
    rule: { kind: other, of: rule.of },
  } as const;
  return [...inside, ...without, turned, ...(rule.kind === "any" ? oneMore(rule.of) : [])];
}

function joined(kind: "all" | "any", of: readonly Rule[]): Rule {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind, of };
}

function negated(rule: Rule): Changed {
  return { edit: `${textOf(rule)} becomes its opposite`, rule: { kind: "not", of: rule } };
}

/** A method more, where methods are listed. */
function oneMore(of: readonly Rule[]): Changed[] {
  const known = of.flatMap((each) => (each.kind === "matcher" && each.name === "Method" ? each.values : []));
  if (known.length === 0) return [];
  return METHODS.filter((method) => !known.includes(method)).map((method) => ({
    edit: `${method} is added`,
    rule: { kind: "any", of: [...of, matcher("Method", method)] },
  }));
}

function matcher(name: string, ...values: readonly string[]): Rule {
  return { kind: "matcher", name, values };
}

function matcherChanges(rule: Extract<Rule, { readonly kind: "matcher" }>, hosts: readonly string[]): Changed[] {
  const [first = "", second = ""] = rule.values;
  return others(rule.name, first, second, hosts)
    .filter((each) => textOf(each) !== textOf(rule))
    .map((each) => ({ edit: `${textOf(rule)} becomes ${textOf(each)}`, rule: each }));
}

function others(name: string, first: string, second: string, hosts: readonly string[]): Rule[] {
  switch (name) {
    case "Host":
      return [...hosts, `x.${first}`].map((host) => matcher(name, host));
    case "Path":
    case "PathPrefix": {
      const up = `${first.replace(/\/$/, "").replace(/[^/]*$/, "")}`;
      const texts = [up === "" ? "/" : up, `${first}x`, first.length > 1 ? first.slice(0, -1) : "/x"];
      return [matcher(name === "Path" ? "PathPrefix" : "Path", first), ...texts.map((text) => matcher(name, text))];
    }
    case "Method":
      return METHODS.map((method) => matcher(name, method));
    case "HeaderRegexp":
      return [
        matcher("Header", first, second),
        matcher(name, first, "text"),
        matcher(name, first, "json"),
        matcher(name, "X-Other", second),
      ];
    default:
      throw new Error(`No edits are known of ${name}. Say here what could be wrong with it.`);
  }
}
