import type { Issue } from "../../constructs/core/errors";
import type { WrittenClient } from "../../constructs/core/identity";
import { type IdentityEngine, issuesOf, type KeptClient, type WantedObject } from "./engine";
import { environmentOf, refuseForeign } from "./sync-object";

/** How an object stands at the provider. */
export interface ObjectStatus {
  readonly kind: WantedObject["kind"];
  readonly name: string;
  /** @default - not of an environment */
  readonly environment?: string;
  readonly state: "right" | "absent" | "different";
  /** Names of the owned fields that hold something else. */
  readonly differs: readonly string[];
  /** Its secret is the one of Vault; `hidden` when the provider does not show it. */
  readonly secret: "same" | "different" | "hidden" | "none";
  /** Redirect URIs of a client that several share: declared and not there. @default - none */
  readonly missing?: readonly string[];
  /** There and not declared: their hosts may be anybody's next. @default - none */
  readonly stale?: readonly string[];
}

export interface Survey {
  readonly objects: readonly ObjectStatus[];
  /** Clients that this command made and that this build does not declare. They are kept. */
  readonly undeclared: readonly KeptClient[];
  readonly issues: readonly Issue[];
}

/**
 * Compares what is declared with what is there, and changes nothing.
 *
 * @param declared - every client of the provider in the whole program
 * @param environment - only clients of this one are looked for among the undeclared. @default - all
 */
export async function surveyIdentity(
  wanted: readonly WantedObject[],
  engine: IdentityEngine,
  declared: readonly WrittenClient[],
  environment?: string,
): Promise<Survey> {
  const objects: ObjectStatus[] = [];
  const issues: Issue[] = [];
  for (const object of wanted) {
    try {
      objects.push(await statusOf(object, engine));
    } catch (error) {
      issues.push(...issuesOf(object, error));
      if (engine.passes(error)) return { objects, undeclared: [], issues };
    }
  }
  const added = wanted.flatMap(({ kind, name }) => (kind === "redirects" ? [name] : []));
  const names = new Set([...declared.map(({ name }) => name), ...added]);
  const kept = await engine.list();
  const undeclared = kept.filter(
    (client) => !names.has(client.name) && (environment === undefined || client.environment === environment),
  );
  return { objects, undeclared, issues };
}

async function statusOf(object: WantedObject, engine: IdentityEngine): Promise<ObjectStatus> {
  const { kind, name } = object;
  const environment = environmentOf(object);
  const same = { kind, name, ...(environment !== undefined && { environment }) };
  const found = await engine.read(object);
  if (found === undefined) return { ...same, state: "absent", differs: [], secret: "none" };
  refuseForeign(engine, object, found.keeper);
  const { differs, secret, uris: { missing = [], stale = [] } = {} } = found;
  const right = differs.length === 0 && secret !== "different";
  return {
    ...same,
    state: right ? "right" : "different",
    differs,
    secret,
    ...(missing.length > 0 && { missing }),
    ...(stale.length > 0 && { stale }),
  };
}
