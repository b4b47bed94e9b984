import type { Finding } from "../rules";
import type { IdentityEngineName, RedirectDeclaration, WrittenClient, WrittenRedirect } from "./model";
import { uriFindings } from "./rules";

/** Characters of one client's redirect URIs, as a JSON list, that a provider keeps; what is longer it refuses. */
export const MOST_REDIRECT_CHARACTERS: Readonly<Record<IdentityEngineName, number>> = {
  // Casdoor: a column of its database.
  casdoor: 1000,
};

/** What is wrong with a redirect URI by itself. */
export function checkRedirect({ client, uri, provider }: RedirectDeclaration): Finding[] {
  return uriFindings(`a redirect of client ${client}`, uri, provider);
}

/** What is wrong between redirect URIs and the clients that are known; the others may be in another build. */
export function checkRedirects(clients: readonly WrittenClient[], redirects: readonly WrittenRedirect[]): Finding[] {
  return [
    ...redirects.flatMap((redirect) => sharing(redirect, clientOf(redirect, clients))),
    ...repeatedUris(clients, redirects),
    ...redirects.flatMap((redirect) => nativeToo(redirect, clients)),
  ];
}

/** The client that a redirect names, when it is in this build. */
export function clientOf(redirect: WrittenRedirect, clients: readonly WrittenClient[]): WrittenClient | undefined {
  return clients.find(({ name, provider }) => name === redirect.client && provider === redirect.provider);
}

/** The redirect URIs of a client and of those who share it; each once. */
export function urisOf(client: WrittenClient, redirects: readonly WrittenRedirect[]): readonly string[] {
  if (client.protocol !== "oidc") return [];
  const others = redirects.filter(({ client: name, provider }) => name === client.name && provider === client.provider);
  return [...new Set([...client.redirectUris, ...client.postLogoutUris, ...others.map(({ uri }) => uri)])];
}

function sharing({ client: name, uri, owner }: WrittenRedirect, client: WrittenClient | undefined): Finding[] {
  if (client === undefined || (client.protocol === "oidc" && client.sharedRedirects)) return [];
  const problem = `${owner} adds a redirect URI to client ${name} of ${client.owner}, which shares none`;
  return [{ problem, value: uri, fix: "Set sharedRedirects there, or let the client name the URI itself." }];
}

/** Whoever answers at a redirect URI gets the codes of every client that has it. */
function repeatedUris(clients: readonly WrittenClient[], redirects: readonly WrittenRedirect[]): Finding[] {
  const own = clients.flatMap((client) =>
    client.protocol === "oidc"
      ? client.redirectUris.map((uri) => ({ uri, client: client.name, provider: client.provider, owner: client.owner }))
      : [],
  );
  return redirects.flatMap((redirect, index) =>
    [...own, ...redirects.slice(0, index)]
      .filter(({ uri, provider }) => uri === redirect.uri && provider === redirect.provider)
      .map(({ client, owner }) => ({
        problem: `${owner} (client ${client}) and ${redirect.owner} (client ${redirect.client}) name one redirect URI`,
        value: redirect.uri,
        fix: "Declare it once: a code must reach the client that asked for it.",
      })),
  );
}

/** Two sign-ins on one host would ask people twice, and each would believe that the other lets nobody else in. */
function nativeToo(redirect: WrittenRedirect, clients: readonly WrittenClient[]): Finding[] {
  const host = hostOf(redirect.uri);
  return clients
    .filter((client) => client.provider === redirect.provider && client.name !== redirect.client)
    .filter((client) => client.protocol === "oidc" && client.redirectUris.some((uri) => hostOf(uri) === host))
    .map((client) => ({
      problem: `a host is guarded by client ${redirect.client} (${redirect.owner}) and signs people on as client ${client.name} (${client.owner}) itself`,
      value: host,
      fix: "Choose one: routes of class gated, or public ones and the application's own sign-on.",
    }));
}

/** A list that its provider would not keep. In a partial build it may be longer yet. */
export function checkLength(
  client: WrittenClient,
  redirects: readonly WrittenRedirect[],
  engine: IdentityEngineName,
): Finding[] {
  const { length } = JSON.stringify(urisOf(client, redirects));
  const most = MOST_REDIRECT_CHARACTERS[engine];
  if (length <= most) return [];
  const problem = `client ${client.name} (${client.owner}) has redirect URIs of ${length} characters, and ${engine} keeps ${most}`;
  return [{ problem, fix: "Let another client take some of them, such as another gate of the cluster." }];
}

function hostOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).host : undefined;
}
