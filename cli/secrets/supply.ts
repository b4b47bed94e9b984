import { type Issue, StrataError } from "../../constructs/core/errors";
import { nearest } from "../../constructs/core/nearest";
import type { SecretDeclaration } from "../../constructs/core/secrets";
import type { Session } from "../session";
import { SecretValue } from "./secret-value";
import { readSource, type SourceProblem } from "./source";

/** Values that a person handed in, by `path:key`. */
export type Supplied = ReadonlyMap<string, SecretValue>;

/** Reads `path:key=@file` and `path:key=env:VARIABLE`; every problem is told at once. */
export function readSupplied(
  options: readonly string[],
  secrets: readonly SecretDeclaration[],
  session: Session,
): Supplied {
  const supplied = new Map<string, SecretValue>();
  const issues: Issue[] = [];
  for (const option of options) {
    const [, secret = "", key = "", source = ""] = /^([^:=]+):([^:=]+)=(.*)$/s.exec(option) ?? [];
    const target = `${secret}:${key}`;
    const where = `--supply ${secret === "" ? "" : target}`.trim();
    const problem = secret === "" ? malformed : (undeclared(secrets, secret, key) ?? given(supplied, target));
    const value = problem === undefined ? readSource(source, session, malformed.fix) : problem;
    if (value instanceof SecretValue) supplied.set(target, value);
    else issues.push({ where, ...value });
  }
  if (issues.length > 0) throw new StrataError(issues);
  return supplied;
}

// The option itself is not repeated in a message: who wrote it wrongly may have written a secret into it.
const malformed: SourceProblem = {
  problem: "not of the form path:key=source",
  fix: "Write path:key=@FILE or path:key=env:VARIABLE.",
};

function undeclared(secrets: readonly SecretDeclaration[], secret: string, key: string): SourceProblem | undefined {
  const declaration = secrets.find((candidate) => candidate.path === secret);
  if (declaration === undefined) {
    return { problem: "no such path is declared", fix: `Declared are: ${secrets.map(({ path }) => path).join(", ")}.` };
  }
  const kind = declaration.keys[key]?.kind;
  if (kind === "supplied") return undefined;
  const people = Object.entries(declaration.keys).filter(([, declared]) => declared.kind === "supplied");
  const names = people.map(([name]) => name).join(", ") || "none";
  const problem = kind === undefined ? "no such key is declared" : `it is ${kind}, not supplied by a person`;
  return { problem, fix: `A person supplies there: ${names}.` };
}

function given(supplied: Supplied, target: string): SourceProblem | undefined {
  return supplied.has(target) ? { problem: "given twice", fix: "Give it once." } : undefined;
}

/** The variable that --from-env reads for a key, as in STRATA_SECRET_STAGING_OPENPANEL_SMTP_PASSWORD. */
export function variableOf(secret: string, key: string): string {
  return `${PREFIX}${`${secret}_${key}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_")}`;
}

const PREFIX = "STRATA_SECRET_";

/** Refuses variables that are meant for a key that nobody declared: a misspelt one would be missed much later. */
export function refuseUndeclaredVariables(secrets: readonly SecretDeclaration[], env: Session["env"]): void {
  const known = secrets.flatMap(({ path: secret, keys }) =>
    Object.entries(keys).flatMap(([key, { kind }]) => (kind === "supplied" ? [variableOf(secret, key)] : [])),
  );
  const issues = Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .map((name) => {
      const near = nearest(name, known).join(", ");
      const fix = near === "" ? "No key is supplied by a person." : `Rename it, or unset it. Known are: ${near}.`;
      return { where: `--from-env ${name}`, problem: "no key is declared that is supplied from this variable", fix };
    });
  if (issues.length > 0) throw new StrataError(issues);
}

/** Refuses keys that would share a variable. */
export function refuseSharedVariables(secrets: readonly SecretDeclaration[]): void {
  const users = new Map<string, string>();
  for (const { path: secret, keys } of secrets) {
    for (const [key, { kind }] of Object.entries(keys)) {
      if (kind !== "supplied") continue;
      const variable = variableOf(secret, key);
      const other = users.get(variable);
      if (other !== undefined) {
        const problem = `${other} and ${secret}:${key} would both be read from ${variable}`;
        throw StrataError.of({ where: "--from-env", problem, fix: "Use --supply for both." });
      }
      users.set(variable, `${secret}:${key}`);
    }
  }
}
