import type { IConstruct } from "constructs";
import type { Issue } from "../errors";
import { isCovered } from "../hosts";
import { nearest } from "../nearest";
import { owned } from "../ownership";
import { declarations } from "../secrets";
import { noteComplete } from "./completeness";
import { identityDocument } from "./index";
import type { SecretKeyRef, WrittenClient, WrittenRedirect } from "./model";
import { clientOf } from "./redirects";

/**
 * What the rest of the program has to hold for its clients: each secret declared, each host with a DNS record, each
 * client that others share. In a partial build they may belong to a stack that is not in it; a key that a declared path
 * lacks is wrong in every build. The document says afterwards which of the two the build is.
 *
 * @param complete - whether every stack of the configuration is in this build
 */
export function checkIdentity(root: IConstruct, complete: boolean): Issue[] {
  if (complete) noteComplete(root);
  const { providers, clients, redirects } = identityDocument(root);
  const secrets = new Map(declarations(root).secrets.map(({ path, keys }) => [path, Object.keys(keys)]));
  const records = owned(root, "dns-record").map(({ key }) => key.split("/")[1] ?? "");
  const keyIssues = (where: string, { path, key }: SecretKeyRef): Issue[] => {
    const keys = secrets.get(path);
    if (keys === undefined && !complete) return [];
    if (keys?.includes(key)) return [];
    const near = nearest(keys === undefined ? path : key, keys ?? secrets.keys());
    const fix = near.length === 0 ? "Declare it with declareSecret." : `Declared are: ${near.join(", ")}.`;
    const problem = keys === undefined ? "a secret is read from a path that nothing declares" : `${path} lacks a key`;
    return [{ where, problem, value: keys === undefined ? path : key, fix }];
  };
  return [
    ...providers.flatMap(({ name, api, signIn }) =>
      [api, ...(signIn.github === undefined ? [] : [signIn.github])].flatMap(({ path, clientId, clientSecret }) =>
        [clientId, clientSecret].flatMap((key) => keyIssues(`identity provider ${name}`, { path, key })),
      ),
    ),
    ...clients.flatMap((client) => [
      ...keyIssues(client.owner, client.protocol === "oidc" ? client.secret : client.metadata),
      ...(complete ? hostIssues(client.owner, client.name, ownUris(client), records) : []),
    ]),
    ...(complete ? redirects.flatMap((redirect) => redirectIssues(redirect, clients, records)) : []),
  ];
}

function redirectIssues(
  redirect: WrittenRedirect,
  clients: readonly WrittenClient[],
  records: readonly string[],
): Issue[] {
  const { owner, client, uri, provider } = redirect;
  const hosts = hostIssues(owner, client, [uri], records);
  if (clientOf(redirect, clients) !== undefined) return hosts;
  const near = nearest(
    client,
    clients.filter((each) => each.provider === provider).map(({ name }) => name),
  );
  const fix = near.length === 0 ? "Declare it with sharedRedirects." : `Declared are: ${near.join(", ")}.`;
  return [
    { where: owner, problem: "a redirect URI is added to a client that nothing declares", value: client, fix },
    ...hosts,
  ];
}

function ownUris(client: WrittenClient): readonly string[] {
  return client.protocol === "oidc" ? [...client.redirectUris, ...client.postLogoutUris] : [];
}

function hostIssues(where: string, client: string, uris: readonly string[], records: readonly string[]): Issue[] {
  const hosts = [...new Set(uris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).hostname))];
  return hosts
    .filter((host) => !isCovered(host, records))
    .map((host) => ({
      where,
      problem: `client ${client} sends people to a host that has no DNS record in this program`,
      value: host,
      fix: "Expose the host, or correct the URI.",
    }));
}
