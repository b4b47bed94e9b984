import type { IdentityProvider } from "../../../constructs/core/identity";
import type { JsonObject } from "../../../constructs/core/json";
import type { SecretValue } from "../../secrets/secret-value";
import type { Keeper, RedirectUris, WantedObject } from "../engine";
import { ADMIN, freshApplication, ownedOfApplication, storedPart } from "./application";
import { type Owned, rightUris, textOf } from "./fields";
import { keeperOf } from "./mark";
import { freshGroup, freshOrganisation, OWNED_OF_ORGANISATION } from "./organisation";
import { freshSignIn, ownedOfSignIn, SIGN_IN_NAMES } from "./sign-in";

/** How Casdoor keeps an object of the contract. */
export interface Shape {
  /** As in `get-application`, `add-application`, `update-application`. */
  readonly noun: "organization" | "group" | "provider" | "application";
  readonly owner: string;
  readonly name: string;
  readonly owned: Owned;
  /** What a new one holds besides the owned fields. */
  readonly fresh: JsonObject;
  /** Redirect URIs that are worth a line each. */
  readonly uris?: RedirectUris;
  readonly secret?: SecretValue;
  keeper(found: JsonObject): Keeper;
  /** What was read, without what Casdoor adds: this is what is written back. */
  stored(found: JsonObject): JsonObject;
}

const same = (found: JsonObject) => found;
const everybody = (): Keeper => "everybody";

/** The shape of a wanted object. */
export function shapeOf(wanted: WantedObject, { organisation, signIn }: IdentityProvider, now: Date): Shape {
  const { name } = wanted;
  switch (wanted.kind) {
    case "organisation":
      return {
        noun: "organization",
        owner: ADMIN,
        name,
        owned: OWNED_OF_ORGANISATION,
        fresh: freshOrganisation(name, wanted.displayName, now),
        keeper: everybody,
        // Its passwords are masked for everybody, and a mask is taken for "leave it".
        stored: same,
      };
    case "group":
      return {
        noun: "group",
        owner: organisation.name,
        name,
        owned: {},
        fresh: freshGroup(organisation.name, name, now),
        keeper: everybody,
        stored: same,
      };
    case "sign-in":
      return {
        noun: "provider",
        owner: ADMIN,
        name: SIGN_IN_NAMES[0] ?? "",
        owned: ownedOfSignIn(wanted),
        fresh: freshSignIn(now),
        secret: wanted.secret,
        keeper: (found) => keeperOf(textOf(found, "content")),
        stored: same,
      };
    case "client":
      return {
        noun: "application",
        owner: ADMIN,
        name,
        owned: ownedOfApplication(wanted.client, wanted.uris, organisation.name, signIn),
        fresh: freshApplication(wanted.client, now),
        ...(wanted.uris.shared && { uris: wanted.uris }),
        secret: wanted.secret,
        keeper: (found) => keeperOf(textOf(found, "description")),
        stored: storedPart,
      };
    case "redirects":
      return {
        noun: "application",
        owner: ADMIN,
        name,
        owned: { redirectUris: rightUris(wanted.uris) },
        // It is never made here.
        fresh: {},
        uris: wanted.uris,
        // Whoever's it is of ours: the environment of a gate is another than that of what it guards.
        keeper: (found) => {
          const keeper = keeperOf(textOf(found, "description"));
          return keeper === "somebody else" ? keeper : "everybody";
        },
        stored: storedPart,
      };
  }
}
