import { CONFIG_MAPS, SECRETS } from "../api/core";
import { keyOf, type ObjectName } from "../api/objects";
import type { ClusterView } from "../loop/cluster-view";
import { NO_VAULT, type SecretStore, Undeliverable } from "./objects";
import { type VaultAccess, VaultClient } from "./vault-client";

/** How long a login is kept for others of the same store before it is given back. */
const LINGER_MS = 2000;
/** The shortest that the API server gives. */
const TOKEN_SECONDS = 600;

interface Session {
  readonly client: VaultClient;
  readonly token: Promise<string>;
  users: number;
  leaving?: NodeJS.Timeout;
}

/** Works with Vault, logged in as a store says. */
export type InVault<A> = (client: VaultClient, token: string) => Promise<A>;

/**
 * Logins at Vault, one for each store at a time: whatever is read with it at about the same time shares it, and then
 * the token is revoked.
 */
export class Sessions {
  private readonly open = new Map<string, Session>();
  private client: VaultClient | undefined;

  constructor(private readonly vault: () => VaultAccess | undefined) {}

  /** Does something as the service account that a store names; `namespace` is that of who asks. */
  async use<A>(store: SecretStore, namespace: string, cluster: ClusterView, work: InVault<A>): Promise<A> {
    const client = this.reach();
    const { metadata } = store;
    const key = `${metadata.uid} ${metadata.generation ?? 0} ${namespace}`;
    const session = this.open.get(key) ?? { client, token: login(store, namespace, client, cluster), users: 0 };
    this.open.set(key, session);
    session.users++;
    clearTimeout(session.leaving);
    try {
      return await work(session.client, await session.token);
    } catch (error) {
      // Whatever went wrong is not to stand in the way of the next attempt.
      if (this.open.get(key) === session) this.open.delete(key);
      throw error;
    } finally {
      session.users--;
      if (session.users === 0) session.leaving = setTimeout(() => void this.leave(key, session), LINGER_MS);
    }
  }

  /** Gives all tokens back. */
  async close(): Promise<void> {
    const sessions = [...this.open];
    await Promise.all(sessions.map(([key, session]) => this.leave(key, session)));
    this.client?.close();
  }

  private reach(): VaultClient {
    const access = this.vault();
    if (access === undefined) throw new Undeliverable(NO_VAULT);
    if (this.client?.access.address !== access.address || this.client.access.ca !== access.ca) {
      this.open.clear();
      this.client?.close();
      this.client = new VaultClient(access);
    }
    return this.client;
  }

  private async leave(key: string, session: Session): Promise<void> {
    clearTimeout(session.leaving);
    if (session.users > 0) return;
    if (this.open.get(key) === session) this.open.delete(key);
    const token = await session.token.catch(() => undefined);
    if (token !== undefined) await session.client.revoke(token);
  }
}

/** A token of the service account that the store names, exchanged for one of Vault's. */
async function login(
  store: SecretStore,
  namespace: string,
  client: VaultClient,
  cluster: ClusterView,
): Promise<string> {
  const { vault } = store.spec.provider;
  const { mountPath, role, serviceAccountRef } = vault?.auth?.kubernetes ?? {};
  if (mountPath === undefined || role === undefined || serviceAccountRef === undefined) {
    throw new Undeliverable("the sandbox plays Vault with the login of a service account only");
  }
  requireAuthority(store, namespace, cluster);
  const account: ObjectName = { name: serviceAccountRef.name, namespace: homeOf(store, namespace, serviceAccountRef) };
  const audiences = serviceAccountRef.audiences ?? [];
  const jwt = await cluster.api.token(account, audiences, TOKEN_SECONDS).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Undeliverable(`token of the service account ${keyOf(account)}: ${reason}`);
  });
  return client.login({ mount: mountPath, role, jwt });
}

/** Vault is reached another way here, but without this certificate nothing would reach it in production. */
function requireAuthority(store: SecretStore, namespace: string, cluster: ClusterView): void {
  const { caProvider } = store.spec.provider.vault ?? {};
  if (caProvider === undefined) return;
  const { type, name, key } = caProvider;
  const object = { name, namespace: homeOf(store, namespace, caProvider) };
  const data = cluster.store(type === "Secret" ? SECRETS : CONFIG_MAPS).get(object)?.data;
  if (data === undefined) throw new Undeliverable(`the ${type} ${keyOf(object)} with Vault's CA is not there`);
  if (data[key ?? ""] === undefined)
    throw new Undeliverable(`the ${type} ${keyOf(object)} with Vault's CA has no key ${key}`);
}

/** What a store of a namespace names is there; one of the cluster says where, or means the namespace of who asks. */
function homeOf({ metadata }: SecretStore, namespace: string, named: { readonly namespace?: string }): string {
  return metadata.namespace ?? named.namespace ?? namespace;
}
