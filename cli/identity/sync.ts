import type { Issue } from "../../constructs/core/errors";
import { type IdentityEngine, issuesOf, nameOf, type WantedObject } from "./engine";
import { environmentOf, isShared, type ObjectReport, type SyncRun, syncObject } from "./sync-object";

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
      issues.push(...issuesOf(object, error));
      // A provider that stopped answering will not answer for the next one either; nothing stands without its organisation.
      if (run.engine.passes(error) || object.kind === "organisation") return { objects, issues };
    }
  }
  issues.push(...(await settle(wanted, objects, run)));
  return { objects, issues };
}

/** Milliseconds between what an environment reads of a client and what it writes: a request, with room. */
const OTHERS_WINDOW = 2000;

/**
 * Two environments may add redirect URIs to one client at the same moment, and a provider without check-and-set keeps
 * those of the last one. So whoever wrote looks once more when the others have written too, and adds his again.
 */
async function settle(
  wanted: readonly WantedObject[],
  objects: readonly ObjectReport[],
  run: SyncRun,
): Promise<readonly Issue[]> {
  const written = new Set(objects.filter(({ action }) => action !== "kept").map(keyOf));
  const shared = wanted.filter(
    (object) => isShared(object) && written.has(keyOf({ ...object, environment: environmentOf(object) })),
  );
  const issues: Issue[] = [];
  if (run.dryRun) return issues;
  for (let round = 1, left = shared; left.length > 0; round++) {
    await run.retry.sleep(OTHERS_WINDOW);
    const again: WantedObject[] = [];
    for (const object of left) {
      try {
        if ((await syncObject(object, run)).action !== "kept") again.push(object);
      } catch (error) {
        issues.push(...issuesOf(object, error));
      }
    }
    left = again;
    if (round < run.retry.attempts) continue;
    issues.push(...left.map((object) => overwritten(run.engine, object)));
    break;
  }
  return issues;
}

function keyOf({ kind, name, environment = "" }: Pick<ObjectReport, "kind" | "name" | "environment">): string {
  return `${kind} ${name} ${environment}`;
}

function overwritten({ name: where }: IdentityEngine, object: WantedObject): Issue {
  const problem = `${nameOf(object)}: somebody else takes back what is written, again and again`;
  return { where, problem, fix: "Find out who writes it, and run the sync again." };
}
