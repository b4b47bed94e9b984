import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import type { BootstrapSecret, SecretDeclaration } from "../../constructs/core/secrets";

const key = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fixed"), value: z.string() }),
  z.object({
    kind: z.literal("generated"),
    rule: z.object({ alphabet: z.enum(["url-safe", "hex"]), length: z.int().min(16).max(4096) }),
  }),
  z.object({ kind: z.literal("supplied"), description: z.string(), optional: z.boolean().optional() }),
  z.object({ kind: z.literal("output"), stack: z.string(), output: z.string() }),
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
  const parsed = schema.safeParse(parse(file));
  if (!parsed.success) {
    throw new StrataError(
      parsed.error.issues.map((issue) => ({
        where: `${file} ${issue.path.join(".")}`,
        problem: issue.message,
        fix: "Run `npm run synth` again; the file is not edited by hand.",
      })),
    );
  }
  refuseDuplicates(file, parsed.data.secrets);
  return parsed.data;
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw StrataError.of({ where: file, problem: "is not there", fix: "Run `npm run synth` first, or give --dir." });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw StrataError.of({ where: file, problem: "is not JSON", fix: "Run `npm run synth` again." });
  }
}

function refuseDuplicates(file: string, secrets: Declarations["secrets"]): void {
  const owners = new Map<string, string>();
  const issues = secrets.flatMap(({ path: secret, owner }) => {
    const first = owners.get(secret);
    owners.set(secret, owner);
    if (first === undefined) return [];
    return [{ where: file, problem: `${secret} is claimed by ${first} and by ${owner}`, fix: "A path has one owner." }];
  });
  if (issues.length > 0) throw new StrataError(issues);
}
