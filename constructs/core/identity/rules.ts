import { isHostBelow } from "../hosts";
import { isDnsLabel } from "../names";
import type { Finding } from "../rules";
import { repeated } from "../texts";
import type { ClientDeclaration, IdentityProvider, OidcClient, TokenLifetime } from "./model";

/** Longest life of a refresh token: 30 days. */
export const MOST_MINUTES = 30 * 24 * 60;
/** Shortest life of a token: clocks differ, and people take a moment to sign on. */
export const LEAST_MINUTES = 5;

/** Organisations that providers make themselves: everybody in them administers the provider. */
const BUILT_IN = ["built-in", "admin", "master", "app", "app-dcr"];

/** What is wrong with a provider by itself. */
export function checkProvider(provider: IdentityProvider): Finding[] {
  const { name, url, organisation, domains, signIn } = provider;
  const about = (problem: string, fix: string, value?: string): Finding => ({
    problem: `identity provider ${name} ${problem}`,
    fix,
    ...(value !== undefined && { value }),
  });
  const origin = parse(url);
  const plain = origin !== undefined && origin.protocol === "https:" && origin.origin === url;
  return [
    ...(plain ? [] : [about("has no plain https URL", "Write it as https://sso.example.com, without a path.", url)]),
    ...(isDnsLabel(organisation.name)
      ? []
      : [about("has an organisation whose name is no DNS label", "Use lower-case letters, digits and hyphens.")]),
    ...(BUILT_IN.includes(organisation.name)
      ? [
          about(
            "has no organisation of its own",
            "Name another one: everybody in this one administers the provider.",
            organisation.name,
          ),
        ]
      : []),
    ...(domains.length === 0 ? [about("has no domain", "Name the domains whose hosts people may be sent to.")] : []),
    ...(signIn.password || signIn.github !== undefined
      ? []
      : [about("lets nobody sign in", "Allow passwords, GitHub, or both.")]),
  ];
}

/** What is wrong with a client by itself. */
export function checkClient(client: ClientDeclaration): Finding[] {
  const { name, groups, provider, claims = [] } = client;
  const where = `client ${name}`;
  const shared = [
    ...nameFindings(name),
    ...(client.displayName.trim() === "" ? [{ problem: `${where} has no display name`, fix: "Write one." }] : []),
    ...repeated([...groups, ...claims]).map((value) => ({
      problem: `${where} names something twice`,
      value,
      fix: "Name it once.",
    })),
    ...checkGroups(where, groups, provider),
    ...(client.homepage === undefined ? [] : uriFindings(where, client.homepage, provider)),
  ];
  if (client.protocol === "saml") {
    const fix = "Declare an OpenID Connect client, or leave the key of the metadata to a person (kind supplied).";
    return [...shared, { problem: `${where} speaks SAML, which is reserved and made by no engine yet`, fix }];
  }
  return [...shared, ...oidcFindings(where, client)];
}

/** What is wrong with names of groups. */
export function checkGroups(where: string, groups: readonly string[], { organisation }: IdentityProvider): Finding[] {
  const named = {
    problem: `${where} has a group that is named as the organisation`,
    value: organisation.name,
    fix: "Casdoor keeps both in one place: use another name.",
  };
  return [
    ...groups
      .filter((group) => !isDnsLabel(group))
      .map((value) => ({
        problem: `${where} has a group whose name not every provider takes`,
        value,
        fix: "Use lower-case letters, digits and hyphens.",
      })),
    ...(groups.includes(organisation.name) ? [named] : []),
  ];
}

/** Casdoor reads `a-org-b` as client `a` of organisation `b`. */
const SHARED_MARK = "-org-";

function nameFindings(name: string): Finding[] {
  if (!isDnsLabel(name)) {
    const fix = "Use lower-case letters, digits and hyphens, at most 63 characters.";
    return [{ problem: "a client's name is no DNS label", value: name, fix }];
  }
  if (!name.includes(SHARED_MARK)) return [];
  const fix = "Casdoor takes what follows for an organisation: use another name.";
  return [{ problem: `a client's name holds ${SHARED_MARK}`, value: name, fix }];
}

function oidcFindings(where: string, client: OidcClient): Finding[] {
  const { redirectUris, postLogoutUris = [], grantTypes, provider, lifetime, secret } = client;
  const none = { problem: `${where} has no redirect URI`, fix: "Name the URL to which people come back." };
  const code = { problem: `${where} may not use authorization_code`, fix: "It is how a person signs on: add it." };
  const empty = { problem: `${where} has no place for its secret`, fix: "Name a path and a key of Vault." };
  return [
    ...(redirectUris.length === 0 && client.sharedRedirects !== true ? [none] : []),
    ...repeated(redirectUris).map((value) => ({
      problem: `${where} names a redirect URI twice`,
      value,
      fix: "Name it once.",
    })),
    ...[...redirectUris, ...postLogoutUris].flatMap((uri) => uriFindings(where, uri, provider)),
    ...(grantTypes === undefined || grantTypes.includes("authorization_code") ? [] : [code]),
    ...(lifetime === undefined ? [] : lifetimeFindings(where, lifetime)),
    ...(secret.path === "" || secret.key === "" ? [empty] : []),
  ];
}

/** Providers differ in what they make of patterns, ports and dots in a path: only what all take alike is allowed. */
export function uriFindings(where: string, uri: string, { domains, name }: IdentityProvider): Finding[] {
  const refuse = (problem: string, fix: string) => [{ problem: `${where} ${problem}`, value: uri, fix }];
  if (/[*\\^$|()[\]{}]/.test(uri)) return refuse("has a URI with a pattern", "Write each URI out.");
  const url = parse(uri);
  if (url === undefined || url.protocol !== "https:") {
    return refuse("has a URI that is not https", "Write it as https://host/path.");
  }
  if (url.username !== "" || url.password !== "" || url.hash !== "" || url.search !== "") {
    return refuse("has a URI with a user, a query or a fragment", "Write host and path only.");
  }
  const exact = url.href === uri || url.href === `${uri}/`;
  if (!exact) return refuse("has a URI that a browser would write differently", `Write it as ${url.href}.`);
  if (domains.some((domain) => isHostBelow(url.hostname, domain))) return [];
  return refuse(
    `has a URI outside the domains of identity provider ${name}`,
    `Use a host in ${domains.join(" or ") || "one of its domains"}.`,
  );
}

function lifetimeFindings(where: string, { accessMinutes, refreshMinutes }: TokenLifetime): Finding[] {
  const fits = (minutes: number) => Number.isInteger(minutes) && minutes >= LEAST_MINUTES && minutes <= MOST_MINUTES;
  const fix = `Use whole minutes from ${LEAST_MINUTES} to ${MOST_MINUTES}.`;
  const findings = [accessMinutes, refreshMinutes]
    .filter((minutes) => !fits(minutes))
    .map((value) => ({ problem: `${where} has tokens with a life that is too short or too long`, value, fix }));
  if (findings.length > 0 || refreshMinutes >= accessMinutes) return findings;
  const longer = "Let refresh tokens live at least as long as the others.";
  return [{ problem: `${where} has refresh tokens that end first`, value: refreshMinutes, fix: longer }];
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
