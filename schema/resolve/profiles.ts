/** The profiles of an organisation: the built-in ones, changed and extended by platform.yaml. */
import { BUILT_IN } from "../built-in-profiles";
import { nearest, suggest } from "../load/nearest";
import { APP_NAMES, BASE_TYPES, type BaseType, COMPONENT_NAMES } from "../model";
import type { PlacementDocument, Profile, ProfileDocument } from "../profiles";
import { overlay } from "./overlay";
import { below, type Place, type Report } from "./report";

/** Profiles by name. */
export interface Profiles {
  get(name: string): Profile | undefined;
  /** All names, aliases left out. */
  readonly names: readonly string[];
  /** Those that an environment can have. */
  readonly types: readonly string[];
  /** All names, those that could not be resolved included. */
  readonly known: ReadonlySet<string>;
  /** Words that only the name of an environment may contain: `<app>-<env>` is read back by them. */
  readonly typeWords: ReadonlySet<string>;
}

type Documents = Readonly<Record<string, ProfileDocument>>;

/** Seed 001 writes both. */
const ALIASES: Readonly<Record<string, string>> = { stage: "staging" };

/** A type's one name. */
export function canonicalType(name: string): string {
  return ALIASES[name] ?? name;
}

/** Words of other names: a type called so would make them ambiguous. */
const TAKEN_WORDS = new Set(
  [...COMPONENT_NAMES, ...APP_NAMES, "data", "clusters", "sso", "auth"].flatMap((n) => n.split("-")),
);

/**
 * Resolves every profile.
 *
 * @param mentioned - names that platform.yaml declares, even if what they say could not be read
 * @param place - that of `profiles` in platform.yaml
 */
export function resolveProfiles(
  documents: Documents,
  mentioned: readonly string[],
  place: Place,
  report: Report,
): Profiles {
  const resolved = new Map<string, Profile>();
  for (const [name, { cluster, environment }] of Object.entries(BUILT_IN)) {
    resolved.set(name, { name, root: name as BaseType | "platform", cluster, environment });
  }
  const known = new Set([...resolved.keys(), ...mentioned.map(canonicalType)]);
  let waiting = Object.keys(documents);
  // Each round resolves what stands on something resolved; what is left stands on itself or on nothing.
  for (let before = -1; before !== waiting.length; ) {
    before = waiting.length;
    waiting = waiting.filter((written) => {
      const document = documents[written] ?? {};
      const name = canonicalType(written);
      const builtIn = Object.hasOwn(BUILT_IN, name);
      const baseName = builtIn ? name : canonicalType(document.extends ?? "");
      const open = waiting.some((other) => canonicalType(other) === baseName && other !== written);
      const base = open ? undefined : resolved.get(baseName);
      if (base === undefined) return true;
      resolved.set(name, extend(base, name, document));
      return false;
    });
  }
  for (const written of Object.keys(documents)) {
    checkProfile(written, documents, known, below(place, written), report);
  }
  if (documents.stage !== undefined && documents.staging !== undefined) {
    report.add(below(place, "stage"), "stage and staging are one profile", "Keep its settings under staging.");
  }
  const names = [...resolved.keys()].sort();
  const types = names.filter((name) => resolved.get(name)?.root !== "platform");
  return {
    known,
    get: (name) => resolved.get(canonicalType(name)),
    names,
    types,
    typeWords: new Set([
      ...types,
      ...[...known].filter((name) => name !== "platform" && !resolved.has(name)),
      ...Object.keys(ALIASES),
    ]),
  };
}

function extend(base: Profile, name: string, document: ProfileDocument): Profile {
  const { placement, ...environment } = document.environment ?? {};
  return {
    name,
    root: base.root,
    cluster: overlay(base.cluster, document.cluster),
    environment: {
      ...overlay(base.environment, environment),
      placement: overlayPlacement(base.environment.placement, placement),
    },
  };
}

/** A placement laid over another; of another kind, it replaces it. */
export function overlayPlacement(
  base: PlacementDocument | undefined,
  over: PlacementDocument | undefined,
): PlacementDocument | undefined {
  return base?.type === over?.type ? overlay(base, over) : (over ?? base);
}

function checkProfile(
  written: string,
  documents: Documents,
  known: ReadonlySet<string>,
  place: Place,
  report: Report,
): void {
  const base = documents[written]?.extends;
  if (Object.hasOwn(BUILT_IN, canonicalType(written))) {
    if (base === undefined) return;
    const fix = "Leave extends out: its settings are laid over the built-in profile.";
    report.add(below(place, "extends"), `${written} is built in and can't extend another`, fix);
    return;
  }
  if (TAKEN_WORDS.has(written)) {
    report.add(place, `profile ${written} has the name of something else`, "Choose another word, such as qa.");
  }
  const builtIn = [...BASE_TYPES, "platform"];
  if (base === undefined) {
    const close = nearest(written, builtIn, 1);
    const fix = close.length > 0 ? `Did you mean ${close[0]}? Else add extends` : "Add extends";
    report.add(place, `profile ${written} extends nothing`, `${fix}, such as "extends: staging".`);
  } else if (!known.has(canonicalType(base))) {
    report.add(below(place, "extends"), `there is no profile ${base}`, suggest(base, known, "profile"), base);
  } else if (isCircular(written, documents)) {
    report.add(below(place, "extends"), `profile ${written} extends itself in the end`, "Extend a built-in one.", base);
  }
}

function isCircular(written: string, documents: Documents): boolean {
  const seen = new Set<string>();
  let name: string | undefined = written;
  while (name !== undefined && !Object.hasOwn(BUILT_IN, canonicalType(name))) {
    if (seen.has(name)) return name === written;
    seen.add(name);
    name = documents[name]?.extends;
  }
  return false;
}
