import { type Issue, StrataError } from "../../constructs/core/errors";
import type {
  ClientCredentials,
  IdentityDocument,
  IdentityProvider,
  SecretKeyRef,
  WrittenRedirect,
} from "../../constructs/core/identity";
import { clientOf, urisOf } from "../../constructs/core/identity/redirects";
import { compareTexts } from "../../constructs/core/texts";
import { remembered } from "../remember";
import type { SecretEngine } from "../secrets/engine";
import { SecretValue } from "../secrets/secret-value";
import { issuesOf, type WantedObject } from "./engine";

/** What a provider has to hold, in the order in which it is made. */
export interface Wanted {
  readonly objects: readonly WantedObject[];
  /** What can't be made, because its secret is not in Vault yet or its kind is not known. */
  readonly issues: readonly Issue[];
}

/** Reads secrets, each path once. */
export type SecretReader = (ref: SecretKeyRef) => Promise<SecretValue>;

/** Reads single keys of an engine. */
export function secretReader(engine: SecretEngine): SecretReader {
  const read = remembered((path) => engine.read(path));
  return async ({ path, key }) => {
    const stored = await read(path);
    const value = stored?.data[key];
    if (typeof value === "string" && value !== "") return new SecretValue(value);
    throw StrataError.of({
      where: engine.name,
      problem: stored?.deleted ? `${path} was deleted` : `${path} has no ${key} yet`,
      fix: "Run `strata secrets sync` first; it says what a person has to supply.",
    });
  };
}

/** Both values of a client. */
export async function credentialsOf(read: SecretReader, { path, clientId, clientSecret }: ClientCredentials) {
  const id = await read({ path, key: clientId });
  return { clientId: id.reveal(), clientSecret: await read({ path, key: clientSecret }) };
}

/** What a document asks of one of its providers. A failure to read one secret keeps no other object from being made. */
export async function wantedOf(
  { clients, groups: others, redirects, complete }: IdentityDocument,
  { name, organisation, signIn }: IdentityProvider,
  read: SecretReader,
): Promise<Wanted> {
  const own = clients.filter(({ provider }) => provider === name);
  const named = others.filter(({ provider }) => provider === name).map((group) => group.name);
  const groups = [...new Set([...own.flatMap((client) => client.groups), ...named])].sort(compareTexts);
  const objects: WantedObject[] = [
    { kind: "organisation", ...organisation },
    ...groups.map((group): WantedObject => ({ kind: "group", name: group })),
  ];
  const issues: Issue[] = [];
  const attempt = async (object: Pick<WantedObject, "kind" | "name">, make: () => Promise<WantedObject>) => {
    try {
      objects.push(await make());
    } catch (error) {
      issues.push(...issuesOf(object, error));
    }
  };
  const { github } = signIn;
  if (github !== undefined) {
    const object = { kind: "sign-in", name: "github" } as const;
    await attempt(object, async () => {
      const { clientId, clientSecret: secret } = await credentialsOf(read, github);
      return { ...object, clientId, secret };
    });
  }
  for (const client of own) {
    const object = { kind: "client", name: client.name } as const;
    await attempt(object, async () => {
      if (client.protocol === "oidc") {
        const { sharedRedirects: shared, secret } = client;
        // What a part of the program does not declare may be another part's.
        const others = shared && !complete ? "stay" : "go";
        const uris = { wanted: urisOf(client, redirects), others, shared } as const;
        return { ...object, client, uris, secret: await read(secret) };
      }
      throw StrataError.of({
        where: client.owner,
        problem: "SAML is reserved",
        fix: "No engine makes such clients yet.",
      });
    });
  }
  const added = redirects.filter(({ provider }) => provider === name);
  objects.push(...addedRedirects(added.filter((redirect) => clientOf(redirect, own) === undefined)));
  return { objects, issues };
}

/** Redirect URIs of clients that this document does not declare, together for each client and environment. */
function addedRedirects(redirects: readonly WrittenRedirect[]): readonly WantedObject[] {
  const keyOf = ({ client, environment = "" }: WrittenRedirect) => `${client}/${environment}`;
  return [...new Set(redirects.map(keyOf))].sort(compareTexts).flatMap((key) => {
    const together = redirects.filter((redirect) => keyOf(redirect) === key);
    return together.slice(0, 1).map(({ client: name, environment }): WantedObject => {
      const uris = { wanted: together.map(({ uri }) => uri), others: "stay", shared: true } as const;
      return { kind: "redirects", name, uris, ...(environment !== undefined && { environment }) };
    });
  });
}
