import { isDeepStrictEqual } from "node:util";
import { StrataError } from "../../../constructs/core/errors";
import type { SecretDeclaration } from "../../../constructs/core/secrets";
import { backOff, type RetryPolicy } from "../../retry";
import { derive, derivedKeys } from "../derive";
import { type SecretEngine, type StoredSecret, WriteConflict, wasDeleted } from "../engine";
import type { KeptKey, RotationPlan } from "./plan";

export interface RotationRun {
  readonly engine: SecretEngine;
  readonly retry: RetryPolicy;
  readonly dryRun: boolean;
}

/** What happened to the path. Names of keys only. */
export interface Rotation {
  /** Keys with another value than before. */
  readonly rotated: readonly string[];
  /** Derived keys that were made anew. */
  readonly derived: readonly string[];
  readonly kept: readonly KeptKey[];
  /** Version with the new values; in a dry run the one that there would be. */
  readonly version: number;
  /** Version before, which the engine keeps for a while. */
  readonly previous: number;
}

/**
 * Replaces values in one write with check-and-set, and leaves every other key alone. A run that is killed has rotated
 * all of it or nothing; the version tells which.
 */
export async function rotateSecret(secret: SecretDeclaration, plan: RotationPlan, run: RotationRun): Promise<Rotation> {
  const first = await readThere(secret, run.engine);
  const { chosen, kept } = split(secret, plan, first);
  const previous = first.version;
  if (run.dryRun) {
    const rotated = chosen.map(({ key }) => key);
    return { rotated, derived: plan.derived, kept, version: previous + 1, previous };
  }
  // Made up once: a write without an answer may have been stored.
  const made: [string, string][] = [];
  for (const { key, make } of chosen) made.push([key, (await make()).reveal()]);
  const fresh: Values = new Map(made.filter((each) => !holds(first, [each])));
  const derived = derivedValues(secret, plan.derived, first, fresh);
  const same = [...made, ...derived].filter((each) => holds(first, [each]));
  const all = [...kept, ...same.map(([key]) => ({ key, reason: "it has this value already" }))];
  if (holds(first, [...fresh, ...derived])) {
    return { rotated: [], derived: [], kept: all, version: previous, previous };
  }
  const version = await replace(secret, plan, run, first, fresh);
  const another = [...derived.keys()].filter((key) => !all.some((each) => each.key === key));
  return { rotated: [...fresh.keys()], derived: another, kept: all, version, previous };
}

type Values = ReadonlyMap<string, string>;

async function replace(
  secret: SecretDeclaration,
  plan: RotationPlan,
  { engine, retry }: RotationRun,
  first: StoredSecret,
  fresh: Values,
): Promise<number> {
  let stored = first;
  for (let attempt = 1; ; attempt++) {
    const derived = derivedValues(secret, plan.derived, stored, fresh);
    try {
      await engine.write(secret.path, Object.fromEntries([...fresh, ...derived]), stored.version);
      return stored.version + 1;
    } catch (error) {
      if (!(error instanceof WriteConflict || engine.passes(error))) throw error;
      const last = attempt >= retry.attempts;
      if (!last) await backOff(retry, attempt + 1);
      const next = await readAgain(secret, engine);
      // What stands there may be what this write stored without an answer.
      if (next !== undefined && holds(next, fresh.size > 0 ? [...fresh] : [...derived])) return next.version;
      if (last || next === undefined) throw gaveUp(secret, engine, error, first);
      refuseRace(secret, engine, fresh, first, next);
      stored = next;
    }
  }
}

async function readThere(secret: SecretDeclaration, engine: SecretEngine): Promise<StoredSecret> {
  const stored = await engine.read(secret.path);
  if (stored?.deleted) throw wasDeleted(engine, secret.path, stored);
  if (stored !== undefined) return stored;
  const problem = `${secret.path} is not there yet, so there is nothing to rotate`;
  throw StrataError.of({ where: engine.name, problem, fix: "Run `strata secrets sync`." });
}

/** Undefined when it cannot be told what stands there now. */
async function readAgain({ path }: SecretDeclaration, engine: SecretEngine): Promise<StoredSecret | undefined> {
  try {
    const stored = await engine.read(path);
    return stored?.deleted ? undefined : stored;
  } catch (error) {
    if (engine.passes(error)) return undefined;
    throw error;
  }
}

/** A key that was never written has no value to replace: the sync makes its first one. */
function split({ path }: SecretDeclaration, plan: RotationPlan, stored: StoredSecret) {
  const chosen = plan.replaced.filter(({ key }) => stored.data[key] !== undefined);
  const absent = plan.replaced.filter(({ key }) => stored.data[key] === undefined);
  const fix = "Run `strata secrets sync`.";
  if (chosen.length === 0 && absent.length > 0) {
    throw new StrataError(absent.map(({ key }) => ({ where: `${path} ${key}`, problem: "is not there yet", fix })));
  }
  const missing = absent.map(({ key }) => ({ key, reason: "it is not there yet (strata secrets sync)" }));
  return { chosen, kept: [...plan.kept, ...missing] };
}

function derivedValues(
  secret: SecretDeclaration,
  wanted: readonly string[],
  stored: StoredSecret,
  fresh: Values,
): Values {
  const values = new Map<string, unknown>([...Object.entries(stored.data), ...fresh]);
  return new Map(
    derivedKeys(secret)
      .filter(({ key }) => wanted.includes(key))
      .flatMap(({ key, declared }): [string, string][] => {
        const result = derive(key, declared, values);
        if ("value" in result) return [[key, result.value.reveal()]];
        if (stored.data[key] === undefined) return [];
        const problem = `is derived from ${result.lacks.join(" and ")}, which is missing, and would be wrong afterwards`;
        throw StrataError.of({ where: `${secret.path} ${key}`, problem, fix: "Run `strata secrets sync` first." });
      }),
  );
}

function holds(stored: StoredSecret, values: readonly (readonly [string, string])[]): boolean {
  return values.every(([key, value]) => stored.data[key] === value);
}

/** Two people who rotate the same key at the same time do not need two new values. */
function refuseRace(
  { path }: SecretDeclaration,
  engine: SecretEngine,
  fresh: Values,
  first: StoredSecret,
  now: StoredSecret,
): void {
  const taken = [...fresh.keys()].filter((key) => !isDeepStrictEqual(first.data[key], now.data[key]));
  if (taken.length === 0) return;
  const problem = `${path} ${taken.join(", ")} got another value from somebody else at the same time`;
  throw StrataError.of({
    where: engine.name,
    problem,
    fix: "Nothing was written here; rotate again if that is not enough.",
  });
}

function gaveUp(
  { path }: SecretDeclaration,
  engine: SecretEngine,
  error: unknown,
  { version }: StoredSecret,
): StrataError {
  if (error instanceof StrataError) {
    const why = error.issues.map(({ problem }) => problem).join("; ");
    const fix = `\`strata secrets status\` tells its version: with ${version} nothing was rotated.`;
    return StrataError.of({ where: engine.name, problem: `whether ${path} was rotated is not known: ${why}`, fix });
  }
  const problem = `somebody else keeps writing ${path}`;
  return StrataError.of({ where: engine.name, problem, fix: "Find out who does, and run it again." });
}
