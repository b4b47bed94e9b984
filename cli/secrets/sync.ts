import { type Issue, StrataError } from "../../constructs/core/errors";
import type { SecretDeclaration, SecretKey } from "../../constructs/core/secrets";
import { backOff, type RetryPolicy } from "../retry";
import type { Owned } from "./declarations";
import { type DerivedKey, derive, derivedKeys } from "./derive";
import { type SecretEngine, type StoredSecret, WriteConflict, wasDeleted } from "./engine";
import { SecretValue } from "./secret-value";

/** A value, or why there is none. */
export type ValueOrReason = { readonly value: SecretValue } | { readonly missing: string; readonly required: boolean };

/** Where the value of a key that is not made of others comes from; asked only for what is not stored yet. */
export type ValueSource = (
  path: string,
  key: string,
  declared: Exclude<SecretKey, DerivedKey>,
) => Promise<ValueOrReason>;

/** A key without a value. */
export interface MissingKey {
  readonly key: string;
  readonly reason: string;
  readonly required: boolean;
}

/** What happened to one path. Names of keys only. */
export interface PathReport {
  readonly path: string;
  readonly owner: string;
  readonly created: readonly string[];
  readonly kept: readonly string[];
  /** Fixed and derived keys that hold another value than the configuration says. */
  readonly drifted: readonly string[];
  readonly missing: readonly MissingKey[];
}

export interface SyncRun {
  readonly engine: SecretEngine;
  readonly valueOf: ValueSource;
  readonly retry: RetryPolicy;
  readonly dryRun: boolean;
  /** Called after each path. */
  readonly onPath?: (report: PathReport) => void;
}

/** What a sync did, and what stopped it or one of its paths. */
export interface SyncResult {
  readonly paths: readonly PathReport[];
  readonly issues: readonly Issue[];
}

/**
 * Creates what is missing and changes nothing else. Each path is written in one request with check-and-set, so a run
 * that is killed leaves whole paths, and the next run goes on with the others.
 */
export async function syncSecrets(secrets: readonly Owned<SecretDeclaration>[], run: SyncRun): Promise<SyncResult> {
  const paths: PathReport[] = [];
  const issues: Issue[] = [];
  for (const secret of secrets) {
    try {
      const report = await syncPath(secret, run);
      paths.push(report);
      run.onPath?.(report);
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      issues.push(...error.issues.map((issue) => ({ ...issue, problem: `${secret.path}: ${issue.problem}` })));
      // An engine that stopped answering will not answer for the next path either.
      if (run.engine.passes(error)) break;
    }
  }
  return { paths, issues };
}

async function syncPath(secret: Owned<SecretDeclaration>, run: SyncRun): Promise<PathReport> {
  // A second attempt must not make up other values: the first may have been stored without an answer.
  const answers = new Map<string, ValueOrReason>();
  let known: readonly string[] | undefined;
  for (let attempt = 1; ; attempt++) {
    const stored = await run.engine.read(secret.path);
    if (stored?.deleted) throw wasDeleted(run.engine, secret.path, stored);
    known ??= Object.keys(stored?.data ?? {});
    for (const [key, declared] of Object.entries(secret.keys)) {
      if (declared.kind === "derived" || stored?.data[key] !== undefined || answers.has(key)) continue;
      answers.set(key, await run.valueOf(secret.path, key, declared));
    }
    const derived = derivedAnswers(secret, stored, answers, run.dryRun);
    const all = new Map([...answers, ...[...derived].filter(([key]) => !known?.includes(key))]);
    const report = { ...reportOf(secret, stored, all), drifted: driftedKeys(secret, stored, derived) };
    const fresh = Object.fromEntries(freshValues(stored, all));
    if (Object.keys(fresh).length === 0 || run.dryRun) return report;
    try {
      await run.engine.write(secret.path, fresh, stored?.version ?? 0);
      return report;
    } catch (error) {
      const again = error instanceof WriteConflict || run.engine.passes(error);
      if (!again || attempt >= run.retry.attempts) throw explained(run.engine, error);
      await backOff(run.retry, attempt + 1);
    }
  }
}

type Answers = ReadonlyMap<string, ValueOrReason>;

/** What is made of other keys: each time anew, because another writer's values win over those of this run. */
function derivedAnswers(
  secret: SecretDeclaration,
  stored: StoredSecret | undefined,
  answers: Answers,
  dryRun: boolean,
): Answers {
  const values = new Map<string, unknown>([...freshValues(stored, answers), ...Object.entries(stored?.data ?? {})]);
  return new Map(
    derivedKeys(secret).map(({ key, declared, sources }): [string, ValueOrReason] => {
      const stands = sources.every((source) => stored?.data[source] !== undefined);
      // A dry run makes up no values to derive from.
      if (dryRun && !stands && sources.every((source) => values.has(source))) return [key, { value: PLACEHOLDER }];
      const result = derive(key, declared, values);
      if ("value" in result) return [key, result];
      const required = result.lacks.some((source) => {
        const answer = answers.get(source);
        return answer === undefined || !("missing" in answer) || answer.required;
      });
      return [key, { missing: `derived from ${result.lacks.join(" and ")}, which is missing`, required }];
    }),
  );
}

const PLACEHOLDER = new SecretValue("");

function freshValues(stored: StoredSecret | undefined, answers: Answers): readonly (readonly [string, string])[] {
  return [...answers].flatMap(([key, answer]) =>
    "value" in answer && stored?.data[key] === undefined ? [[key, answer.value.reveal()] as const] : [],
  );
}

function reportOf(secret: Owned<SecretDeclaration>, stored: StoredSecret | undefined, answers: Answers) {
  const keys = Object.keys(secret.keys);
  // Ours if it is not there yet, or if it is what a write without an answer stored.
  const created = keys.filter((key) => {
    const answer = answers.get(key);
    if (answer === undefined || !("value" in answer)) return false;
    return stored?.data[key] === undefined || stored.data[key] === answer.value.reveal();
  });
  const kept = keys.filter((key) => stored?.data[key] !== undefined && !created.includes(key));
  const missing = [...answers].flatMap(([key, answer]) =>
    "missing" in answer && stored?.data[key] === undefined
      ? [{ key, reason: answer.missing, required: answer.required }]
      : [],
  );
  return { path: secret.path, owner: secret.owner, created, kept, missing };
}

/** What is stored and should be something else: values of the configuration, and what is made of other keys. */
function driftedKeys(secret: SecretDeclaration, stored: StoredSecret | undefined, derived: Answers): readonly string[] {
  return Object.entries(secret.keys).flatMap(([key, declared]) => {
    const answer = derived.get(key);
    const right = declared.kind === "fixed" ? declared.value : answer && "value" in answer && answer.value.reveal();
    const found = stored?.data[key];
    return found === undefined || typeof right !== "string" || found === right ? [] : [key];
  });
}

function explained(engine: SecretEngine, error: unknown): unknown {
  if (!(error instanceof WriteConflict)) return error;
  const fix = "Find out who writes it, and run the sync again.";
  return StrataError.of({ where: engine.name, problem: error.message, fix });
}
