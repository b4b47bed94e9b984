import { slug } from "../../constructs/core/names";
import type { Source } from "../load/source";
import type { Network } from "../model";
import type { PlatformDocument } from "../platform";
import type { Profiles } from "./profiles";
import type { Place, Report } from "./report";

/** What every step of the resolution needs. */
export interface Context {
  readonly document: PlatformDocument;
  readonly source: Source;
  readonly profiles: Profiles;
  /** Networks of platform.yaml. */
  readonly networks: ReadonlyMap<string, Network>;
  readonly report: Report;
  /** Names that platform.yaml declares under a key, even if what they say could not be read. */
  mentioned(key: "clusters" | "networks" | "zones" | "profiles" | "plans"): readonly string[];
  /** Whether everything under a key of platform.yaml could be read. */
  intact(key: keyof PlatformDocument): boolean;
}

/** A place in platform.yaml. */
export function inPlatform(context: Context, ...path: readonly (string | number)[]): Place {
  return { source: context.source, path };
}

/** Refuses a name that holds a type's name as one of its words: `<app>-<env>` is read back by that word. */
export function checkWords(context: Context, what: string, name: string, place: Place): void {
  const word = slug(name)
    .split("-")
    .find((each) => context.profiles.typeWords.has(each));
  if (word === undefined) return;
  const fix = `Choose another name: only environments have "${word}" in theirs, so that <app>-<environment> can be read back.`;
  context.report.add(place, `${what} ${name} has the environment type "${word}" in its name`, fix);
}

/** Refuses two names with one slug. */
export function checkSlugs(
  context: Context,
  what: string,
  named: Iterable<{ readonly name: string; readonly place: Place }>,
): void {
  const first = new Map<string, { readonly name: string; readonly place: Place }>();
  for (const each of named) {
    const key = slug(each.name);
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, each);
      continue;
    }
    const same = other.name === each.name ? `two ${what}s are named ${each.name}` : "";
    const problem = same || `${what}s ${other.name} and ${each.name} have one slug, ${key}`;
    const at = other.place.source === each.place.source ? "" : `: the other is in ${other.place.source.file}`;
    // An environment is found by its file: another name alone would not do.
    const fix = each.place.path[0] === "name" ? "Rename one of them, and its file alike." : "Rename one of them.";
    context.report.add(each.place, `${problem}${at}`, fix);
  }
}
