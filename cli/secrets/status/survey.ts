import { type Issue, StrataError } from "../../../constructs/core/errors";
import { templateKeys } from "../../../constructs/core/secret-template";
import type { SecretDeclaration, SecretKey, SecretReader } from "../../../constructs/core/secrets";
import type { Owned } from "../declarations";
import { pathsIn, type SecretEngine, type SecretOutline } from "../engine";

/** A declared key. */
export interface KeyStatus {
  readonly key: string;
  readonly kind: SecretKey["kind"];
  readonly present: boolean;
  /** Nothing needs it to start. */
  readonly optional: boolean;
}

/** A declared path. Names only, never a value. */
export interface PathStatus {
  readonly path: string;
  readonly owner: string;
  readonly state: "stored" | "absent" | "deleted";
  /** @default - the path was never written */
  readonly version?: number;
  /** When that version was written; ISO 8601. @default - the path was never written */
  readonly written?: string;
  readonly keys: readonly KeyStatus[];
  /** Keys that are there and that nobody declares. They are kept. */
  readonly undeclared: readonly string[];
  readonly readers: readonly SecretReader[];
}

export interface Survey {
  readonly paths: readonly PathStatus[];
  /** Paths of the mount that nobody declares. They are kept. */
  readonly undeclaredPaths: readonly string[];
  readonly issues: readonly Issue[];
}

/** Compares what is declared with what is there. @param folder - where to look for what nobody declares @default - all */
export async function surveySecrets(
  secrets: readonly Owned<SecretDeclaration>[],
  engine: SecretEngine,
  folder = "",
): Promise<Survey> {
  const issues: Issue[] = [];
  const paths: PathStatus[] = [];
  for (const secret of secrets) {
    try {
      paths.push(statusOf(secret, await engine.look(secret.path)));
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      issues.push(...error.issues.map((issue) => ({ ...issue, problem: `${secret.path}: ${issue.problem}` })));
      if (engine.passes(error)) return { paths, undeclaredPaths: [], issues };
    }
  }
  const declared = new Set(secrets.map(({ path }) => path));
  const stored = await pathsIn(engine, folder).catch((error: unknown) => {
    if (!(error instanceof StrataError)) throw error;
    issues.push(...error.issues);
    return [];
  });
  return { paths, undeclaredPaths: stored.filter((path) => !declared.has(path)), issues };
}

function statusOf(secret: Owned<SecretDeclaration>, outline: SecretOutline | undefined): PathStatus {
  const { path, owner, readers } = secret;
  const there = outline?.keys ?? [];
  const may = (declared: SecretKey): boolean => declared.kind === "supplied" && declared.optional === true;
  // What would be made of a key that need not be there need not be there either.
  const left = Object.entries(secret.keys).flatMap(([key, declared]) =>
    may(declared) && !there.includes(key) ? [key] : [],
  );
  const optional = (declared: SecretKey): boolean =>
    declared.kind === "derived" ? templateKeys(declared.template).some((key) => left.includes(key)) : may(declared);
  return {
    path,
    owner,
    state: outline === undefined ? "absent" : outline.deleted ? "deleted" : "stored",
    ...(outline && { version: outline.version, written: outline.written }),
    keys: Object.entries(secret.keys).map(([key, declared]) => ({
      key,
      kind: declared.kind,
      present: there.includes(key),
      optional: optional(declared),
    })),
    undeclared: there.filter((key) => secret.keys[key] === undefined),
    readers,
  };
}

/** Sums of a survey. */
export function summarise({ paths, undeclaredPaths }: Survey) {
  const keys = paths.flatMap((path) => path.keys);
  const missing = keys.filter(({ present }) => !present);
  return {
    present: keys.length - missing.length,
    missing: missing.length,
    /** Missing keys that something cannot start without. */
    required: missing.filter(({ optional }) => !optional).length,
    undeclaredKeys: paths.reduce((sum, { undeclared }) => sum + undeclared.length, 0),
    undeclaredPaths: undeclaredPaths.length,
  };
}
