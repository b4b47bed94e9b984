/** What a request is matched by. */
export interface MatchedRequest {
  readonly host: string;
  /** Path without the query. */
  readonly path: string;
  readonly method: string;
  /** Names in lower case. @default - none that a rule looks at */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A rule of the gateway, read: matchers joined by `&&`, `||` and `!`. */
export type Rule =
  | { readonly kind: "all" | "any"; readonly of: readonly Rule[] }
  | { readonly kind: "not"; readonly of: Rule }
  | { readonly kind: "matcher"; readonly name: string; readonly values: readonly string[] };

const TOKEN = /\s*(&&|\|\||[!(),]|[A-Za-z]+|`[^`]*`|"(?:[^"\\]|\\.)*")/y;

/**
 * Reads a rule in Traefik's language.
 *
 * @throws Error for a text that is no rule
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/
 */
export function parseRule(text: string): Rule {
  const tokens = tokenize(text);
  let at = 0;
  const take = (wanted: string) => {
    if (tokens[at] !== wanted) throw new Error(`${wanted} is missing in the rule ${text}`);
    at++;
  };
  const joined = (kind: "all" | "any", sign: string, next: () => Rule): Rule => {
    const of = [next()];
    while (tokens[at] === sign) {
      at++;
      of.push(next());
    }
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { kind, of };
  };
  const any = (): Rule => joined("any", "||", all);
  const all = (): Rule => joined("all", "&&", single);
  const single = (): Rule => {
    const token = tokens[at++];
    if (token === "!") return { kind: "not", of: single() };
    if (token === "(") {
      const inner = any();
      take(")");
      return inner;
    }
    if (token === undefined || !/^[A-Za-z]/.test(token)) throw new Error(`a matcher is missing in the rule ${text}`);
    take("(");
    const values: string[] = [];
    while (tokens[at] !== undefined && tokens[at] !== ")") {
      const value = tokens[at++] ?? "";
      if (/^[`"]/.test(value)) values.push(value.slice(1, -1));
      else if (value !== ",") throw new Error(`a value without quotes stands in the rule ${text}`);
    }
    take(")");
    return { kind: "matcher", name: token, values };
  };
  const rule = any();
  if (at !== tokens.length) throw new Error(`something follows the end of the rule ${text}`);
  return rule;
}

function tokenize(text: string): readonly string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.trimEnd().length) {
    const from = pattern.lastIndex;
    const token = pattern.exec(text)?.[1];
    if (token === undefined) throw new Error(`the rule ${text} can't be read from character ${from + 1}`);
    tokens.push(token);
  }
  return tokens;
}

/** Every matcher of a kind that a request has to fulfil or may fulfil; what stands behind a `!` is left out. */
export function valuesOf(rule: Rule, name: string): readonly string[] {
  if (rule.kind === "matcher") return rule.name === name ? rule.values : [];
  return rule.kind === "not" ? [] : rule.of.flatMap((each) => valuesOf(each, name));
}

/** Whether a request fulfils a rule. A matcher that this program does not know is never fulfilled. */
export function fulfils(request: MatchedRequest, rule: Rule): boolean {
  if (rule.kind === "not") return !fulfils(request, rule.of);
  if (rule.kind !== "matcher") {
    const one = (each: Rule) => fulfils(request, each);
    return rule.kind === "all" ? rule.of.every(one) : rule.of.some(one);
  }
  const [value = "", second = ""] = rule.values;
  const header = request.headers?.[value.toLowerCase()];
  switch (rule.name) {
    case "Host":
      return request.host === value.toLowerCase();
    case "HostRegexp":
      return new RegExp(value, "i").test(request.host);
    case "Path":
      return request.path === value;
    case "PathPrefix":
      return request.path.startsWith(value);
    case "PathRegexp":
      return new RegExp(value).test(request.path);
    case "Method":
      return request.method === value.toUpperCase();
    case "Header":
      return header === second;
    case "HeaderRegexp":
      return header !== undefined && new RegExp(second).test(header);
    default:
      return false;
  }
}
