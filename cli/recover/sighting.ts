import type { ProgramResource } from "./program";

/** What a look at the real API said about a resource that no state knows. */
export type Sighting =
  | { readonly is: "absent"; readonly note?: string }
  /** `id` is what the provider calls the object in a state, `importId` what it imports it by. */
  | { readonly is: "there"; readonly id: string; readonly importId: string; readonly note?: string }
  /** A person has to decide; `candidates` are ids to import by. */
  | { readonly is: "unclear"; readonly problem: string; readonly fix: string; readonly candidates: readonly string[] };

/** Looks for the object of a resource. @throws StrataError when that is not possible */
export type Lookup = (resource: ProgramResource) => Promise<Sighting>;

/** Look-ups by the type of the resource. */
export type Lookups = Readonly<Record<string, Lookup>>;

/** What the object belongs to does not exist, so it does not exist either. */
export class ParentAbsent extends Error {}
