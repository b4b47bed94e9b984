import { isDeepStrictEqual } from "node:util";
import type { Finding } from "../rules";
import type { IdentityProvider, WrittenClient, WrittenRedirect } from "./model";
import { checkRedirects } from "./redirects";

interface OwnedProvider {
  readonly provider: IdentityProvider;
  readonly owner: string;
}

/** What is wrong between declarations: one provider said in two ways, one name or one redirect URI twice. */
export function checkTogether(
  providers: readonly OwnedProvider[],
  clients: readonly WrittenClient[],
  redirects: readonly WrittenRedirect[],
): Finding[] {
  return [
    ...differing(providers),
    ...sharedNames(clients),
    ...sharedUris(clients),
    ...checkRedirects(clients, redirects),
  ];
}

function differing(providers: readonly OwnedProvider[]): Finding[] {
  const names = [...new Set(providers.map(({ provider }) => provider.name))];
  return names.flatMap((name) => {
    const [first, ...others] = providers.filter(({ provider }) => provider.name === name);
    const other = others.find(({ provider }) => !isDeepStrictEqual(provider, first?.provider));
    if (first === undefined || other === undefined) return [];
    const problem = `identity provider ${name} is said in two ways, by ${first.owner} and ${other.owner}`;
    return [{ problem, fix: "Make it in one function and refer to that." }];
  });
}

function sharedNames(clients: readonly WrittenClient[]): Finding[] {
  return twice(clients, ({ provider, name }) => [`${provider}/${name}`]).map(({ key, owners }) => ({
    problem: `client ${key} has ${owners.length} owners: ${owners.join(", ")}`,
    fix: "A name stands for one client of a provider: rename one of them.",
  }));
}

/** Whoever answers at a redirect URI gets the codes of every client that has it. */
function sharedUris(clients: readonly WrittenClient[]): Finding[] {
  const uris = ({ provider, ...client }: WrittenClient) =>
    client.protocol === "oidc" ? client.redirectUris.map((uri) => `${provider} ${uri}`) : [];
  const distinct = clients.filter(
    (client, index) =>
      clients.findIndex(({ provider, name }) => provider === client.provider && name === client.name) === index,
  );
  return twice(distinct, (client) => [...new Set(uris(client))]).map(({ key, names }) => ({
    problem: `clients ${names.join(" and ")} have one redirect URI`,
    value: key.slice(key.indexOf(" ") + 1),
    fix: "Give each its own: a code must reach the client that asked for it.",
  }));
}

function twice(clients: readonly WrittenClient[], keysOf: (client: WrittenClient) => readonly string[]) {
  const known = new Map<string, WrittenClient[]>();
  for (const client of clients) {
    for (const key of keysOf(client)) known.set(key, [...(known.get(key) ?? []), client]);
  }
  return [...known]
    .filter(([, holders]) => holders.length > 1)
    .map(([key, holders]) => ({
      key,
      owners: holders.map(({ owner }) => owner),
      names: holders.map(({ name }) => name),
    }));
}
