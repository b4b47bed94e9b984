import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe as describeIssue, StrataError } from "../../constructs/core/errors";
import { type LoadOptions, loadPlatform } from "../../schema/load";
import type { Platform } from "../../schema/model";

/** The configuration that every test varies: one cluster with `staging` in it. */
export const BASE = {
  "platform.yaml": `organisation: acme
contact: ops@acme.example
domains: {public: acme.example}
zones:
  acme.example: {plan: pro}
clusters:
  platform:
    region: fra
    version: v1.36.1+1
    gates: {main: {groups: [staff]}}
backups: {type: vultr, storageCluster: 6, hostname: ams1.vultrobjects.com, tier: 2}
`,
  "environments/staging.yaml": `placement: {type: shared, cluster: platform}
apps: {openpanel: {}}
`,
};

/** A production environment on its own cluster, for tests that need a second one. */
export const PROD = `placement:
  type: dedicated
  region: fra
  version: v1.36.1+1
  gates: {main: {groups: [staff]}}
apps: {openpanel: {}}
`;

/** A text to replace (it stands once) and what replaces it. */
type Edit = readonly [from: string, to: string];

/** What differs from the base. */
export interface Variation {
  readonly platform?: Edit | readonly Edit[];
  readonly staging?: Edit | readonly Edit[];
  /** Files by path; `null` leaves one of the base out. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
}

/** Loads a variation of the base. */
export function load(variation: Variation = {}, options: LoadOptions = {}): Platform {
  return inDirectory(variation, (dir) => loadPlatform(dir, options));
}

/** What is wrong with a variation of the base, one line for each problem. */
export function problemsOf(variation: Variation, options: LoadOptions = {}): readonly string[] {
  return inDirectory(variation, (dir) => {
    try {
      loadPlatform(dir, options);
      return [];
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      return error.issues.map((issue) => `${issue.where}: ${describeIssue(issue)}`.replaceAll(dir, "config"));
    }
  });
}

/** Writes a variation of the base to a directory that lives as long as `use` runs. */
export function inDirectory<T>(variation: Variation, use: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), "strata-config-"));
  try {
    for (const [file, content] of Object.entries(filesOf(variation))) {
      if (content === null) continue;
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), content);
    }
    return use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function filesOf({ platform = [], staging = [], files = {} }: Variation) {
  return {
    "platform.yaml": edited(BASE["platform.yaml"], platform),
    "environments/staging.yaml": edited(BASE["environments/staging.yaml"], staging),
    ...files,
  };
}

function edited(text: string, edits: Edit | readonly Edit[]): string {
  const all = (typeof edits[0] === "string" ? [edits] : edits) as readonly Edit[];
  return all.reduce((result, [from, to]) => {
    if (result.split(from).length !== 2) throw new Error(`the base has not exactly one ${JSON.stringify(from)}`);
    return result.replace(from, () => to);
  }, text);
}
