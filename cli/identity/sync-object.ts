import { StrataError } from "../../constructs/core/errors";
import { backOff, type RetryPolicy } from "../retry";
import {
  type FoundObject,
  IdentityConflict,
  type IdentityEngine,
  type Keeper,
  type UriDifference,
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
  /** Redirect URIs of a client that several share: those that came. @default - none */
  readonly added?: readonly string[];
  /** Those that went: nobody declares them any more, and their hosts may be anybody's next. @default - none */
  readonly removed?: readonly string[];
}

export interface SyncRun {
  readonly engine: IdentityEngine;
  readonly retry: RetryPolicy;
  readonly dryRun: boolean;
  /** Called after each object. */
  readonly onObject?: (report: ObjectReport) => void;
}

/** Brings one object to what is wanted, and says what had to be done. */
export async function syncObject(object: WantedObject, { engine, retry, dryRun }: SyncRun): Promise<ObjectReport> {
  let first: Pick<ObjectReport, "action" | "fields" | "added" | "removed"> | undefined;
  let taken = false;
  let before: string | undefined;
  for (let attempt = 1, looks = 0; ; ) {
    const found = await engine.read(object);
    if (found === undefined && object.kind === "redirects") throw clientMissing(engine, object);
    if (found !== undefined) refuseForeign(engine, object, found.keeper);
    const fields = found === undefined ? [] : differing(found, taken);
    const settled = found !== undefined && fields.length === 0;
    const action = found === undefined ? "created" : settled ? "kept" : "updated";
    first ??= { action, fields, ...changesOf(found?.uris) };
    if (settled || dryRun) return { ...identityOf(object), ...first };
    if (taken && isShared(object) && found !== undefined && found.revision !== before && attempt < retry.attempts) {
      // Neither what was there nor what was written: another writer had read it before, so it is written again.
      taken = false;
      attempt += 1;
      await backOff(retry, attempt);
      continue;
    }
    if (taken) {
      // What was written is read again: a field that the provider does not take must not go unseen. A cache in between may
      // still show what was there before, so nothing is written a second time.
      looks += 1;
      if (looks >= retry.attempts) throw notTaken(engine, fields);
      await backOff(retry, looks + 1);
      continue;
    }
    try {
      before = found?.revision;
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

/** Whether several may write an object at the same time. */
export function isShared(object: WantedObject): boolean {
  return (object.kind === "client" || object.kind === "redirects") && object.uris.shared;
}

/** Redirect URIs that come and go. */
function changesOf(uris: UriDifference | undefined): Pick<ObjectReport, "added" | "removed"> {
  const { missing = [], stale = [] } = uris ?? {};
  return { ...(missing.length > 0 && { added: missing }), ...(stale.length > 0 && { removed: stale }) };
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
  if (object.kind === "redirects") return object.environment;
  return object.kind === "client" ? object.client.environment : undefined;
}

/** What an environment finds that comes before the platform. */
function clientMissing(
  { name: where }: Pick<IdentityEngine, "name">,
  { name }: { readonly name: string },
): StrataError {
  const problem = `client ${name} is not there yet, and only the platform's own sync makes it`;
  const fix =
    "Run `strata identity sync` on a build of the whole platform first (without STRATA_ENVIRONMENT and --environment).";
  return StrataError.of({ where, problem, fix });
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
