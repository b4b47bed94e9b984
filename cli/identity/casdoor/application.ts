import type { Claim, SignIn, WrittenOidcClient } from "../../../constructs/core/identity";
import { MOST_REDIRECT_CHARACTERS } from "../../../constructs/core/identity/redirects";
import type { Json, JsonObject } from "../../../constructs/core/json";
import type { RedirectUris } from "../engine";
import { IdentityFailure } from "../failure";
import { type Owned, objectsIn, rightUris, textOf } from "./fields";
import { marked } from "./mark";
import { SIGN_IN_NAMES } from "./sign-in";

/** Owner of every application. */
export const ADMIN = "admin";

/** Casdoor's field of a user for each claim. */
const CLAIM_FIELDS: Readonly<Record<Claim, string>> = {
  name: "DisplayName",
  preferred_username: "Name",
  email: "Email",
  email_verified: "EmailVerified",
  picture: "Avatar",
  groups: "Groups",
};

/**
 * The fields of an application that the contract speaks of, and those in which an empty value is a trap: without
 * `tokenFormat` no token is issued, with zero hours it has ended, with `signupItems: null` the page stays white.
 *
 * @see https://casdoor.org/docs/application/overview
 */
export function ownedOfApplication(
  client: WrittenOidcClient,
  uris: RedirectUris,
  organisation: string,
  signIn: SignIn,
): Owned {
  const { claims, lifetime } = client;
  return {
    displayName: client.displayName,
    description: (found) => marked(found, client.environment),
    organization: organisation,
    homepageUrl: client.homepage ?? "",
    clientId: client.name,
    // One list, for coming back and for where people may go after they signed out.
    redirectUris: rightUris(uris),
    grantTypes: [...client.grantTypes],
    // The other formats put the whole account into each token, too much for a cookie, or no groups.
    tokenFormat: "JWT-Custom",
    tokenFields: listed([]),
    tokenAttributes: listed(claims.map(attribute)),
    expireInHours: hours(lifetime.accessMinutes),
    refreshExpireInHours: hours(lifetime.refreshMinutes),
    cookieExpireInHours: Math.ceil(lifetime.refreshMinutes / 60),
    enablePassword: signIn.password,
    enableSignUp: false,
    enableGuestSignin: false,
    isShared: false,
    // Without it nobody is remembered who signed in for a client, and each host of a gate asks for the password.
    enableSigninSession: true,
    // With an empty list it offers ways of its own.
    signinMethods: signIn.password
      ? [{ name: "Password", displayName: "Password", rule: "All" }]
      : [{ name: "WebAuthn", displayName: "WebAuthn", rule: "None" }],
    signupItems: (found) => (Array.isArray(found) ? found : []),
    providers: (found) => providerItems(objectsIn(found), signIn),
  };
}

/** What a new application holds besides: nothing of it is looked at again. */
export function freshApplication(client: WrittenOidcClient, now: Date): JsonObject {
  return {
    owner: ADMIN,
    name: client.name,
    createdTime: now.toISOString(),
    cert: "cert-built-in",
    logo: "",
    tags: [],
    scopes: [],
    failedSigninLimit: 5,
    failedSigninFrozenTime: 15,
  };
}

/** An application without what Casdoor adds when it is read. */
export function storedPart(application: JsonObject): JsonObject {
  const { organizationObj: _organisation, certPublicKey: _key, CertObj: _cert, ...stored } = application;
  const providers = objectsIn(stored.providers).map(({ provider: _provider, ...item }): JsonObject => item);
  return { ...stored, ...(Array.isArray(stored.providers) && { providers }) };
}

/** Columns of its database: what is longer is refused there without a word. */
const MOST_CHARACTERS: Readonly<Record<string, number>> = {
  displayName: 100,
  homepageUrl: 100,
  clientSecret: 100,
  redirectUris: MOST_REDIRECT_CHARACTERS.casdoor,
};

/** @throws IdentityFailure when a field does not fit */
export function checkLengths(name: string, application: JsonObject): void {
  for (const [field, most] of Object.entries(MOST_CHARACTERS)) {
    const value = application[field] ?? "";
    const { length } = typeof value === "string" ? value : JSON.stringify(value);
    if (length <= most) continue;
    const problem = `application ${textOf(application, "name")}: ${field} has ${length} characters, and Casdoor keeps ${most}`;
    throw new IdentityFailure("rejected", name, problem, "Shorten it, or split the client in two.");
  }
}

function attribute(claim: Claim): JsonObject {
  return { name: claim, category: "Existing Field", value: CLAIM_FIELDS[claim], type: "String" };
}

/** Casdoor keeps an empty list as null. */
function listed(right: readonly Json[]) {
  return (found: Json | undefined): Json => (right.length === 0 && found === null ? null : right);
}

/** A third of an hour is no number that every database gives back as it got it. */
function hours(minutes: number) {
  const right = minutes / 60;
  return (found: Json | undefined): Json =>
    typeof found === "number" && Math.abs(found - right) < 1e-6 ? found : right;
}

/** The items of others stay, in their order; one of ours that is not wanted any more goes. */
function providerItems(found: readonly JsonObject[], signIn: SignIn): Json {
  const others = found.filter((item) => !SIGN_IN_NAMES.includes(textOf(item, "name")));
  if (signIn.github === undefined) return others;
  const known = found.find((item) => item.name === SIGN_IN_NAMES[0]) ?? {};
  const right = {
    owner: ADMIN,
    name: SIGN_IN_NAMES[0] ?? "",
    canSignUp: false,
    canSignIn: true,
    canUnlink: true,
    prompted: false,
    // By default it also takes an account of the same name, and names are anybody's to choose at GitHub.
    bindingRule: ["Email"],
    rule: "None",
  };
  const item = { countryCodes: null, signupGroup: "", ...known, ...right };
  const place = found.findIndex((each) => each.name === right.name);
  return place < 0 ? [...others, item] : found.map((each, index) => (index === place ? item : each));
}
