import type { JsonObject } from "../../../constructs/core/json";
import type { WantedObject } from "../engine";
import type { Owned } from "./fields";
import { marked } from "./mark";

/** Names of Casdoor's providers for the ways to sign in; they are known once in all of Casdoor. */
export const SIGN_IN_NAMES: readonly string[] = ["strata-github"];

type SignInObject = Extract<WantedObject, { kind: "sign-in" }>;

/**
 * The fields of a provider (a place that vouches for people) that the contract speaks of. It has no description;
 * `content` is for mail and short messages, and carries the mark here.
 *
 * @see https://casdoor.org/docs/provider/oauth/github
 */
export function ownedOfSignIn({ clientId }: SignInObject): Owned {
  return {
    displayName: "GitHub",
    category: "OAuth",
    type: "GitHub",
    clientId,
    content: (found) => marked(found, undefined),
  };
}

/** What a new one holds besides. */
export function freshSignIn(now: Date): JsonObject {
  return { owner: "admin", name: SIGN_IN_NAMES[0] ?? "", createdTime: now.toISOString(), method: "Normal", scopes: "" };
}
