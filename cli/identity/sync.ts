import { type Issue, StrataError } from "../../constructs/core/errors";
import { backOff, type RetryPolicy } from "../retry";
import {
  type FoundObject,
  IdentityConflict,
  type IdentityEngine,
  type Keeper,
  nameOf,
  type WantedObject,
} from "./engine";

/** What happened to an object, or would. */
export interface ObjectReport {
  readonly kind: WantedObject["kind"];
  readonly name: string;
  /** @default - not of an environment */
  readonly environment?: string;
  readonly action: "created" | "updated" | "kept";
  /** Names of the fields that were set; a secret is called `clientSecret`. */
  readonly fields: readonly string[];
}

export interface SyncRun {
  readonly engine: IdentityEngine;
  readonly retry: RetryPolicy;
  readonly dryRun: boolean;
  /** Called after each object. */
  readonly onObject?: (report: ObjectReport) => void;
}

/** What a sync did, and what stopped it or one of its objects. */
export interface SyncResult {
  readonly objects: readonly ObjectReport[];
  readonly issues: readonly Issue[];
}

/**
 * Makes what is missing and sets the owned fields that differ. Each object is one request, and a run that was killed is
 * finished by the next: it looks at what is there, never at what was done.
 */
export async function syncIdentity(wanted: readonly WantedObject[], run: SyncRun): Promise<SyncResult> {
  const objects: ObjectReport[] = [];
  const issues: Issue[] = [];
  for (const object of wanted) {
    try {
      const report = await syncObject(object, run);
      objects.push(report);
      run.onObject?.(report);
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      issues.push(...error.issues.map((issue) => ({ ...issue, problem: `${nameOf(object)}: ${issue.problem}` })));
      // A provider that stopped answering will not answer for the next one either; nothing stands without its organisation.
      if (run.engine.passes(error) || object.kind === "organisation") break;
    }
  }
  return { objects, issues };
}

async function syncObject(object: WantedObject, { engine, retry, dryRun }: SyncRun): Promise<ObjectReport> {
  let first: Pick<ObjectReport, "action" | "fields"> | undefined;
  let taken = false;
  for (let attempt = 1, looks = 0; ; ) {
    const found = await engine.read(object);
    if (found !== undefined) refuseForeign(engine, object, found.keeper);
    const fields = found === undefined ? [] : differing(found, taken);
    const settled = found !== undefined && fields.length === 0;
    first ??= { action: found === undefined ? "created" : settled ? "kept" : "updated", fields };
    if (settled || dryRun) return { ...identityOf(object), ...first };
    if (taken) {
      // What was written is read again: a field that the provider does not take must not go unseen. A cache in between may
      // still show what was there before, so nothing is written a second time.
      looks += 1;
      if (looks >= retry.attempts) throw notTaken(engine, fields);
      await backOff(retry, looks + 1);
      continue;
    }
    try {
      await engine.write(object, found);
      taken = true;
    } catch (error) {
      if (attempt >= retry.attempts || !(error instanceof IdentityConflict || engine.passes(error))) {
        throw explained(engine, error);
      }
      attempt += 1;
      await backOff(retry, attempt);
    }
  }
}

function differing({ differs, secret }: FoundObject, taken: boolean): readonly string[] {
  // A secret that is not shown is sent once in each run.
  const sent = secret === "different" || (secret === "hidden" && !taken);
  return [...differs, ...(sent ? ["clientSecret"] : [])];
}

/** @throws StrataError for an object of somebody else: nothing of it is changed */
export function refuseForeign({ name: where }: IdentityEngine, object: WantedObject, keeper: Keeper): void {
  const wanted = environmentOf(object);
  if (keeper === "everybody" || (keeper !== "somebody else" && keeper.environment === wanted)) return;
  const place = wanted === undefined ? "the platform" : `environment ${wanted}`;
  if (keeper === "somebody else") {
    const fix = `Rename it; or, to hand it over, let its description start with: Kept by strata identity sync for ${place}.`;
    throw StrataError.of({ where, problem: "is there and was not made by this command", fix });
  }
  const other = keeper.environment === undefined ? "the platform" : `environment ${keeper.environment}`;
  const fix = "Rename one of the two: a name stands for one client of a provider.";
  throw StrataError.of({ where, problem: `is kept for ${other}, not for ${place}`, fix });
}

function identityOf(object: WantedObject) {
  const environment = environmentOf(object);
  return { kind: object.kind, name: object.name, ...(environment !== undefined && { environment }) };
}

/** Environment that an object belongs to. */
export function environmentOf(object: WantedObject): string | undefined {
  return object.kind === "client" ? object.client.environment : undefined;
}

function notTaken({ name: where }: IdentityEngine, fields: readonly string[]): StrataError {
  const what = fields.length === 0 ? "does not show it" : `still shows something else in ${fields.join(", ")}`;
  const fix = "Somebody else may be changing it, or this version of the provider does not know the field.";
  return StrataError.of({ where, problem: `the provider took it and ${what}`, fix });
}

function explained({ name: where }: IdentityEngine, error: unknown): unknown {
  if (!(error instanceof IdentityConflict)) return error;
  return StrataError.of({ where, problem: error.reason, fix: "Find out who writes it, and run the sync again." });
}
