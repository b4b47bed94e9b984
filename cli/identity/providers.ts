import { StrataError } from "../../constructs/core/errors";
import type { IdentityDocument, IdentityProvider } from "../../constructs/core/identity";
import { vaultKv } from "../secrets/vault-kv";
import type { Session } from "../session";
import type { OpenVault } from "../vault/login";
import { casdoorEngine } from "./casdoor";
import { casdoorApi } from "./casdoor/api";
import { identityConnection } from "./connection";
import type { IdentityEngine } from "./engine";
import { credentialsOf, secretReader, type Wanted, wantedOf } from "./wanted";

/** A provider that can be worked with, and what it has to hold. */
export interface OpenProvider {
  readonly provider: IdentityProvider;
  readonly engine: IdentityEngine;
  readonly wanted: Wanted;
}

/**
 * Works with every provider of a document, one after the other. Their credentials and the secrets of their clients come
 * from Vault.
 *
 * @param url - where the only provider is reached, when not under its public URL
 */
export async function withProviders<T>(
  session: Session,
  { client }: OpenVault,
  document: IdentityDocument,
  url: string | undefined,
  work: (open: OpenProvider) => Promise<T>,
): Promise<readonly T[]> {
  const { providers } = document;
  if (url !== undefined && providers.length > 1) {
    const fix = "Give --environment of one that has clients of a single provider, or leave --url out.";
    throw StrataError.of({ where: "--url", problem: `there are ${providers.length} providers`, fix });
  }
  const connections = providers.map((provider) => identityConnection(session, provider, url));
  const vault = vaultKv(client, document.mount, session.retry);
  await vault.check();
  const read = secretReader(vault);
  const results: T[] = [];
  for (const [index, provider] of providers.entries()) {
    const connection = connections[index];
    if (connection === undefined) continue;
    const api = casdoorApi(connection, await credentialsOf(read, provider.api), session.retry);
    const engine = casdoorEngine(api, provider);
    await engine.check();
    results.push(await work({ provider, engine, wanted: await wantedOf(document, provider, read) }));
  }
  return results;
}
