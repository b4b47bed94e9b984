import type { IConstruct } from "constructs";
import type { Issue } from "../errors";
import { nearest } from "../nearest";
import { owned } from "../ownership";
import { declarations } from "../secrets";
import { identityDocument } from "./index";
import type { SecretKeyRef, WrittenClient } from "./model";

/**
 * What the rest of the program has to hold for its clients: each secret declared, each host with a DNS record. In a
 * partial build both may belong to a stack that is not in it; a key that a declared path lacks is wrong in every build.
 *
 * @param complete - whether every stack of the configuration is in this build
 */
export function checkIdentity(root: IConstruct, complete: boolean): Issue[] {
  const { providers, clients } = identityDocument(root);
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
      ...(complete ? hostIssues(client, records) : []),
    ]),
  ];
}

function hostIssues(client: WrittenClient, records: readonly string[]): Issue[] {
  const uris = client.protocol === "oidc" ? [...client.redirectUris, ...client.postLogoutUris] : [];
  const hosts = [...new Set(uris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).hostname))];
  return hosts
    .filter((host) => !records.includes(host) && !records.includes(host.replace(/^[^.]+/, "*")))
    .map((host) => ({
      where: client.owner,
      problem: `client ${client.name} sends people to a host that has no DNS record in this program`,
      value: host,
      fix: "Expose the host, or correct the URI.",
    }));
}
