import path from "node:path";
import { z } from "zod";
import { type Issue, StrataError } from "../../constructs/core/errors";
import { nearest } from "../../constructs/core/nearest";
import { checkRule, KEY_PAIRS, MOST_CHARACTERS } from "../../constructs/core/secret-rules";
import { checkDerivedKeys } from "../../constructs/core/secret-template";
import type { BootstrapSecret, SecretDeclaration, TextRule } from "../../constructs/core/secrets";
import { readSynthesizedFile } from "../synthesized-file";

const ALPHABETS = ["url-safe", "hex"] as const satisfies readonly TextRule["alphabet"][];

const key = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fixed"), value: z.string() }),
  z.object({
    kind: z.literal("generated"),
    rule: z.union(
      [
        z.strictObject({ alphabet: z.enum(ALPHABETS), length: z.int().min(16).max(MOST_CHARACTERS) }),
        z.strictObject({ keyPair: z.enum(KEY_PAIRS) }),
      ],
      {
        error: `no rule that is known: a length and an alphabet (${ALPHABETS.join(", ")}), or a keyPair (${KEY_PAIRS.join(", ")})`,
      },
    ),
    permanent: z.string().optional(),
  }),
  z.object({ kind: z.literal("supplied"), description: z.string(), optional: z.boolean().optional() }),
  z.object({ kind: z.literal("output"), stack: z.string(), output: z.string() }),
  z.object({ kind: z.literal("derived"), template: z.string() }),
]);

const schema = z.object({
  schemaVersion: z.literal(1),
  mount: z.string().regex(/^[A-Za-z0-9][\w.-]*$/),
  secrets: z.array(
    z.object({
      // Each segment starts with a letter or digit, so no path climbs out of the mount.
      path: z.string().regex(/^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/, "not a path below the mount"),
      description: z.string(),
      owner: z.string(),
      keys: z.record(z.string(), key),
      readers: z.array(z.object({ cluster: z.string(), namespace: z.string(), serviceAccount: z.string() })),
    }),
  ),
  bootstrap: z.array(
    z.object({
      cluster: z.string(),
      namespace: z.string(),
      name: z.string(),
      owner: z.string(),
      keys: z.record(z.string(), z.object({ description: z.string(), environmentVariable: z.string() })),
    }),
  ),
});

/** A declaration with the construct that made it. */
export type Owned<T> = T & { readonly owner: string };

/** What the program declared, as synth writes it. */
export interface Declarations {
  readonly mount: string;
  readonly secrets: readonly Owned<SecretDeclaration>[];
  readonly bootstrap: readonly Owned<BootstrapSecret>[];
}

/** Reads `secrets.json` of a synthesized program. */
export function readDeclarations(folder: string): Declarations {
  const file = path.join(folder, "secrets.json");
  const parsed = schema.safeParse(readSynthesizedFile(file));
  if (!parsed.success) {
    throw new StrataError(
      parsed.error.issues.map((issue) => ({
        where: `${file} ${issue.path.join(".")}`,
        problem: issue.message,
        fix: "Run `npm run synth` again; the file is not edited by hand.",
      })),
    );
  }
  const { secrets } = parsed.data;
  const issues = [
    ...duplicates(file, secrets),
    ...secrets.flatMap((secret) => [...ruleIssues(file, secret), ...derivationIssues(file, secret)]),
  ];
  if (issues.length > 0) throw new StrataError(issues);
  return parsed.data;
}

/** The declaration of a path. */
export function declarationOf({ secrets }: Declarations, path: string): Owned<SecretDeclaration> {
  const declaration = secrets.find((secret) => secret.path === path);
  if (declaration !== undefined) return declaration;
  const near = nearest(
    path,
    secrets.map((secret) => secret.path),
  );
  const fix = near.length === 0 ? "None is." : `Declared are: ${near.join(", ")}${secrets.length > 3 ? ", ..." : ""}`;
  throw StrataError.of({ where: "path", problem: "no such path is declared", value: path, fix });
}

function duplicates(file: string, secrets: Declarations["secrets"]): readonly Issue[] {
  const owners = new Map<string, string>();
  return secrets.flatMap(({ path: secret, owner }) => {
    const first = owners.get(secret);
    owners.set(secret, owner);
    if (first === undefined) return [];
    return [{ where: file, problem: `${secret} is claimed by ${first} and by ${owner}`, fix: "A path has one owner." }];
  });
}

function ruleIssues(file: string, { path: secret, keys }: SecretDeclaration): readonly Issue[] {
  return Object.entries(keys).flatMap(([key, declared]) => {
    const found = declared.kind === "generated" ? checkRule(declared.rule) : undefined;
    return found === undefined ? [] : [{ where: `${file} ${secret} ${key}`, ...found }];
  });
}

function derivationIssues(file: string, { path: secret, keys }: SecretDeclaration): readonly Issue[] {
  return checkDerivedKeys(keys).map((finding) => ({ ...finding, where: `${file} ${secret}` }));
}
