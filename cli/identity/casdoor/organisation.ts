import type { JsonObject } from "../../../constructs/core/json";
import type { Owned } from "./fields";

/**
 * What must hold of an organisation for people to be safe in it; how it looks is its administrators' affair. It has no
 * field for a mark: one that is there is taken as ours.
 *
 * @see https://casdoor.org/docs/organization/overview
 */
export const OWNED_OF_ORGANISATION: Owned = {
  // Otherwise anybody may register clients.
  dcrPolicy: "disabled",
  isProfilePublic: false,
  // Empty means that passwords are kept as they are.
  passwordType: (found) => (found === "" || found === "plain" || typeof found !== "string" ? "bcrypt" : found),
};

/** What a new organisation holds besides. Casdoor fills in the rest. */
export function freshOrganisation(name: string, displayName: string, now: Date): JsonObject {
  return {
    owner: "admin",
    name,
    displayName,
    createdTime: now.toISOString(),
    passwordOptions: ["AtLeast8", "Aa123"],
    languages: ["en"],
    tags: [],
    userTypes: [],
    defaultTokenFormat: "JWT",
    enableSoftDeletion: false,
    useEmailAsUsername: false,
  };
}

/** A group below an organisation. Its members are its administrators' affair. */
export function freshGroup(organisation: string, name: string, now: Date): JsonObject {
  return {
    owner: organisation,
    name,
    displayName: name,
    createdTime: now.toISOString(),
    type: "Virtual",
    parentId: organisation,
    isTopGroup: true,
    isEnabled: true,
  };
}
