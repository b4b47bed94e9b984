import type { IConstruct } from "constructs";
import { vaultNames } from "../names";
import { addRule, type Finding } from "../rules";
import { compareTexts } from "../texts";
import { isComplete } from "./completeness";
import { type ClientFacts, clientFacts } from "./facts";
import type {
  ClientDeclaration,
  GroupDeclaration,
  IdentityProvider,
  RedirectDeclaration,
  WrittenClient,
  WrittenGroup,
  WrittenRedirect,
} from "./model";
import { DEFAULT_CLAIMS, DEFAULT_GRANTS, DEFAULT_LIFETIME } from "./model";
import { checkLength, checkRedirect } from "./redirects";
import { checkClient, checkGroups, checkProvider } from "./rules";
import { checkTogether } from "./together";

export { type ClientFacts, clientFacts, GROUPS_CLAIM, groupClaimValue } from "./facts";
export type * from "./model";

/** What the whole program declared, as it is written to `identity.json` beside the stacks. */
export interface IdentityDocument {
  readonly schemaVersion: 1;
  /** Whether every stack of the configuration is in the build: only then is what is not in here not wanted either. */
  readonly complete: boolean;
  /** KV mount of the paths. */
  readonly mount: string;
  readonly providers: readonly IdentityProvider[];
  readonly clients: readonly WrittenClient[];
  /** Redirect URIs that others add to clients which they share. */
  readonly redirects: readonly WrittenRedirect[];
  /** Groups that no client names. */
  readonly groups: readonly WrittenGroup[];
}

interface Declared {
  readonly providers: { readonly provider: IdentityProvider; readonly owner: string }[];
  readonly clients: WrittenClient[];
  readonly redirects: WrittenRedirect[];
  readonly groups: WrittenGroup[];
}

const declaredIn = new WeakMap<IConstruct, Declared>();

/** Declares an identity provider. Whoever declares a client of it states it too; all of them must say the same. */
export function declareIdentityProvider(scope: IConstruct, provider: IdentityProvider): void {
  addRule(scope, () => checkProvider(provider));
  declared(scope.node.root).providers.push({ provider, owner: scope.node.path });
}

/**
 * Declares a client of an identity provider; `strata identity sync` makes it there. A second client of its name, or with
 * one of its redirect URIs, is refused at synth. No value passes through Terraform, and no stack changes by it.
 *
 * @returns what the client has to know of the provider
 */
export function declareClient(scope: IConstruct, client: ClientDeclaration): ClientFacts {
  addRule(scope, () => checkClient(client));
  const known = declared(scope.node.root);
  known.providers.push({ provider: client.provider, owner: scope.node.path });
  known.clients.push(written(client, scope.node.path));
  return clientFacts(client);
}

/**
 * Declares one more redirect URI of a client that others share. It belongs to its environment: `strata identity sync`
 * adds it with that environment alone, and the client's own stack does not change.
 */
export function declareRedirect(scope: IConstruct, redirect: RedirectDeclaration): void {
  addRule(scope, () => checkRedirect(redirect));
  const { provider, client, uri, environment } = redirect;
  const known = declared(scope.node.root);
  known.providers.push({ provider, owner: scope.node.path });
  const common = { provider: provider.name, client, uri, owner: scope.node.path };
  known.redirects.push({ ...common, ...(environment !== undefined && { environment }) });
}

/** Declares groups that have to be there without a client that names them. Several may name one. */
export function declareGroups(scope: IConstruct, { provider, groups, environment }: GroupDeclaration): void {
  addRule(scope, () => checkGroups(scope.node.path, groups, provider));
  const known = declared(scope.node.root);
  known.providers.push({ provider, owner: scope.node.path });
  const common = { provider: provider.name, ...(environment !== undefined && { environment }) };
  known.groups.push(...groups.map((name) => ({ ...common, name })));
}

/** Everything declared in the program, sorted and without values: this is written beside the stacks. */
export function identityDocument(root: IConstruct): IdentityDocument {
  const { providers, clients, redirects, groups } = declared(root.node.root);
  const first = new Map([...providers].reverse().map(({ provider }) => [provider.name, provider]));
  return {
    schemaVersion: 1,
    complete: isComplete(root),
    mount: vaultNames.mount,
    providers: [...first.values()].sort((a, b) => compareTexts(a.name, b.name)),
    clients: [...clients].sort((a, b) => compareTexts(a.provider, b.provider) || compareTexts(a.name, b.name)),
    redirects: [...redirects].sort((a, b) => compareTexts(a.client, b.client) || compareTexts(a.uri, b.uri)),
    groups: [...new Map(groups.map((group) => [groupKey(group), group])).values()].sort((a, b) =>
      compareTexts(groupKey(a), groupKey(b)),
    ),
  };
}

function declared(root: IConstruct): Declared {
  const known = declaredIn.get(root);
  if (known !== undefined) return known;
  const fresh: Declared = { providers: [], clients: [], redirects: [], groups: [] };
  declaredIn.set(root, fresh);
  addRule(root, (): Finding[] => [
    ...checkTogether(fresh.providers, fresh.clients, fresh.redirects),
    ...fresh.clients.flatMap((client) => tooLong(client, fresh)),
  ]);
  return fresh;
}

function tooLong(client: WrittenClient, { providers, redirects }: Declared): Finding[] {
  const known = providers.find(({ provider }) => provider.name === client.provider);
  return known === undefined ? [] : checkLength(client, redirects, known.provider.engine);
}

function groupKey({ provider, name, environment = "" }: WrittenGroup): string {
  return [provider, name, environment].join("/");
}

/** Says what a declaration leaves to a default. */
function written(client: ClientDeclaration, owner: string): WrittenClient {
  const { claims = DEFAULT_CLAIMS } = client;
  const rest = { owner, claims, provider: client.provider.name };
  if (client.protocol === "saml") return { ...client, ...rest };
  const {
    grantTypes = DEFAULT_GRANTS,
    lifetime = DEFAULT_LIFETIME,
    postLogoutUris = [],
    sharedRedirects = false,
  } = client;
  return { ...client, ...rest, grantTypes, lifetime, postLogoutUris, sharedRedirects };
}
