import { type Issue, StrataError } from "../../constructs/core/errors";
import type { WrittenOidcClient } from "../../constructs/core/identity";
import type { SecretValue } from "../secrets/secret-value";

/** What a provider has to hold, in the words of the contract. */
export type WantedObject =
  /** The organisation of its own that people and clients belong to. */
  | { readonly kind: "organisation"; readonly name: string; readonly displayName: string }
  | { readonly kind: "group"; readonly name: string }
  /** Another place that vouches for people. */
  | {
      readonly kind: "sign-in";
      readonly name: "github";
      readonly clientId: string;
      readonly secret: SecretValue;
    }
  | {
      readonly kind: "client";
      readonly name: string;
      readonly client: WrittenOidcClient;
      readonly uris: RedirectUris;
      readonly secret: SecretValue;
    }
  /** Redirect URIs that an environment adds to a client that it does not keep: nothing else of it is touched. */
  | {
      readonly kind: "redirects";
      /** Name of the client. */
      readonly name: string;
      /** @default - the platform itself */
      readonly environment?: string;
      readonly uris: RedirectUris;
    };

/** Where people may be sent. */
export interface RedirectUris {
  readonly wanted: readonly string[];
  /** What becomes of the others that are there: somebody else's, as far as this build knows, or nobody's any more. */
  readonly others: "stay" | "go";
  /** Whether several declare them, so that each that comes or goes is worth a line. */
  readonly shared: boolean;
}

/** Redirect URIs that are wanted and not there, and that are there and not wanted. */
export interface UriDifference {
  readonly missing: readonly string[];
  readonly stale: readonly string[];
}

/** For whom an object is kept: the platform, an environment, or nobody that is known here. */
export type Keeper = { readonly environment?: string } | "somebody else" | "everybody";

/** An object as it stands at the provider, as far as the contract speaks of it. Never a value of a secret. */
export interface FoundObject {
  readonly keeper: Keeper;
  /** Names of the owned fields that hold something else, in the provider's words. */
  readonly differs: readonly string[];
  /** Whether its secret is the one of Vault; `hidden` when the provider does not show it. */
  readonly secret: "same" | "different" | "hidden" | "none";
  /** @default - no redirect URIs, or nobody shares them */
  readonly uris?: UriDifference;
  /** Changes with every change of the object. */
  readonly revision: string;
}

/** A client at the provider that carries the mark of this command. */
export interface KeptClient {
  readonly name: string;
  /** @default - the platform itself */
  readonly environment?: string;
}

/**
 * An identity provider behind its API. Casdoor is the first; Authentik and Keycloak can follow behind the same port.
 * Reads and checks are repeated by the engine as long as that may help; writes are not, because only the caller knows
 * what a write that may have happened means.
 */
export interface IdentityEngine {
  /** For messages, as in `Casdoor at https://sso.example.com`. */
  readonly name: string;
  /** Refuses a provider that cannot be worked with: another software, credentials without rights. */
  check(): Promise<void>;
  /** Undefined when it is not there. */
  read(wanted: WantedObject): Promise<FoundObject | undefined>;
  /**
   * Creates the object, or sets the fields that the contract speaks of and keeps every other one. `expected` is what was
   * read, undefined for nothing; {@link IdentityConflict} when it is something else by now. Nothing is ever deleted.
   */
  write(wanted: WantedObject, expected: FoundObject | undefined): Promise<void>;
  /** The clients with the mark of this command. */
  list(): Promise<readonly KeptClient[]>;
  /** Whether an error may pass when the same is tried again. */
  passes(error: unknown): boolean;
}

/** Somebody else changed the object since it was read. */
export class IdentityConflict extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = "IdentityConflict";
  }
}

/** How messages name an object. */
export function nameOf({ kind, name }: Pick<WantedObject, "kind" | "name">): string {
  const words = { "sign-in": "sign-in by", redirects: "redirects of client" } as const;
  return `${kind === "sign-in" || kind === "redirects" ? words[kind] : kind} ${name}`;
}

/**
 * What went wrong with an object, told with its name.
 *
 * @throws the error itself when it is none for a person
 */
export function issuesOf(object: Pick<WantedObject, "kind" | "name">, error: unknown): readonly Issue[] {
  if (!(error instanceof StrataError)) throw error;
  return error.issues.map((issue) => ({ ...issue, problem: `${nameOf(object)}: ${issue.problem}` }));
}
