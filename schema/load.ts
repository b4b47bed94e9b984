/** Reads a configuration directory: `platform.yaml` and `environments/*.yaml`. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type * as z from "zod/mini";
import { type Issue, StrataError } from "../constructs/core/errors";
import { isJsonObject, type Json } from "../constructs/core/json";
import { environmentSchema } from "./environment";
import { suggest } from "./load/nearest";
import { inOrder } from "./load/order";
import { issueAt, problemsOf } from "./load/problems";
import { salvage } from "./load/salvage";
import { readSource, type Source, shown } from "./load/source";
import { strayFiles } from "./load/stray";
import type { Platform } from "./model";
import { type PlatformDocument, platformSchema } from "./platform";
import { resolvePlatform } from "./resolve";
import type { Context } from "./resolve/context";
import type { WrittenEnvironment } from "./resolve/environments";
import { declaredNetworks } from "./resolve/networks";
import { resolveProfiles } from "./resolve/profiles";
import { Report } from "./resolve/report";

export interface LoadOptions {
  /** Read this environment's document and no other. @default - all of them */
  readonly only?: string;
}

/**
 * Reads, checks and completes a configuration.
 *
 * @throws StrataError with every problem of every file, each with its file, line, path, value and what would be right
 */
export function loadPlatform(dir: string, options: LoadOptions = {}): Platform {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) {
    const fix = "Run `npx strata init` to write one, or name another directory.";
    throw StrataError.of({ where: shown(dir), problem: "there is no configuration here", fix });
  }
  const source = readSource(join(dir, "platform.yaml"));
  const stems = options.only === undefined ? allStems(dir) : [onlyStem(dir, options.only)];
  const report = new Report();
  const platform = read(source, platformSchema(), PLATFORM_SPARES, report);
  const environments = stems.map((stem) => {
    const file = readSource(join(dir, "environments", `${stem}.yaml`));
    return { stem, source: file, ...read<WrittenEnvironment["document"]>(file, environmentSchema(), {}, report) };
  });
  const issues = [
    ...platform.issues,
    ...environments.flatMap((each) => each.issues),
    ...(options.only === undefined ? strayFiles(dir) : []),
  ];
  const result =
    platform.document === undefined
      ? undefined
      : resolvePlatform(
          contextOf(source, platform.document, platform.damaged, report),
          environments.flatMap(({ stem, source: file, document }) =>
            document === undefined ? [] : [{ stem, source: file, document }],
          ),
        );
  const all = [...issues, ...report.issues];
  if (result === undefined || all.length > 0) throw new StrataError(inOrder(all, shown(dir)));
  return result;
}

interface Read<T> {
  readonly document: T | undefined;
  readonly damaged: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

/** Stand in for what the root of a broken platform.yaml lacks, so that the rest is still checked. */
const PLATFORM_SPARES = {
  organisation: "unknown",
  contact: "unknown@unknown.example",
  domains: { public: "unknown.example" },
  zones: {},
  clusters: {},
};

function read<T>(
  source: Source,
  schema: z.ZodMiniType<T>,
  spare: { readonly [key: string]: Json },
  report: Report,
): Read<T> {
  const none = { document: undefined, damaged: new Set<string>() };
  const { data } = source;
  if (data === undefined) return { ...none, issues: source.issues };
  if (data === null) {
    const issue = { where: source.file, problem: "the file is empty", fix: "Write its settings, or delete it." };
    return { ...none, issues: [issue] };
  }
  try {
    const result = schema.safeParse(data);
    if (result.success) return { document: result.data, damaged: none.damaged, issues: [] };
    const problems = problemsOf(result.error.issues, data);
    for (const { path, harmless } of problems) if (!harmless) report.silence({ source, path });
    return { ...salvage(schema, data, spare), issues: problems.map((problem) => issueAt(source, problem)) };
  } catch (error) {
    // Only a document nested thousands of levels deep gets here: the checks are recursive.
    const problem = `can't be checked: ${error instanceof Error ? error.message : String(error)}`;
    return { ...none, issues: [{ where: source.file, problem, fix: "Simplify the file." }] };
  }
}

function contextOf(source: Source, document: PlatformDocument, damaged: ReadonlySet<string>, report: Report): Context {
  const mentioned = (key: string): readonly string[] => {
    const value = isJsonObject(source.data) ? source.data[key] : undefined;
    return isJsonObject(value) ? Object.keys(value) : [];
  };
  const place = { source, path: ["profiles"] };
  return {
    document,
    source,
    report,
    mentioned,
    intact: (key) => !damaged.has(key),
    networks: declaredNetworks(document),
    profiles: resolveProfiles(document.profiles ?? {}, mentioned("profiles"), place, report),
  };
}

function allStems(dir: string): readonly string[] {
  const folder = join(dir, "environments");
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml") && !file.startsWith("."))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

function onlyStem(dir: string, name: string): string {
  const stems = allStems(dir);
  if (stems.includes(name)) return name;
  const where = shown(join(dir, "environments"));
  throw StrataError.of({ where, problem: `there is no environment ${name}`, fix: suggest(name, stems, "environment") });
}
