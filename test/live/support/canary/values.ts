import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { Declarations } from "../../../../cli/secrets/declarations";
import type { ClusterObject } from "../../../canary/cluster-objects";
import { looksSecret } from "../../../canary/cluster-objects";
import type { Exception } from "../../../canary/judge";
import { type Canary, SHORTEST } from "../../../canary/secret";
import { vaultCanaries } from "../../../canary/vault-values";
import { askVault } from "../vault-requests";

/** A Vault, and the token that reads everything in it. */
export interface VaultLogin {
  readonly address: string;
  readonly caFile: string;
  readonly token: string;
}

const kv = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()) }) });

/** Every declared secret value that Vault holds now. */
export async function valuesInVault(
  { address, caFile, token }: VaultLogin,
  declarations: Declarations,
): Promise<readonly Canary[]> {
  const vault = { address, ca: readFileSync(caFile, "utf8") };
  const stored = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { path } of declarations.secrets) {
    const asked = { method: "GET", path: `${declarations.mount}/data/${path}`, token } as const;
    const answer = kv.safeParse((await askVault(vault, asked)).body);
    if (answer.success) stored.set(path, answer.data.data.data);
  }
  return vaultCanaries(declarations, (path) => stored.get(path));
}

/** Unseal keys and root token: every longer text of the file in which the sandbox keeps them. */
export function keysOfVault(file: string): readonly Canary[] {
  if (!existsSync(file)) return [];
  const found: Canary[] = [];
  const collect = (name: string, value: unknown): void => {
    if (typeof value === "string" && value.length >= 20) found.push({ id: `vault:${name}`, value });
    else if (Array.isArray(value)) for (const inner of value) collect(name, inner);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) collect(key, inner);
    }
  };
  collect("keys", JSON.parse(readFileSync(file, "utf8")));
  return found;
}

/**
 * What stands in the Kubernetes secrets of a cluster and in no Vault: what was written there before Vault, and what
 * something in the cluster made up, such as the keys of certificates.
 *
 * @param known values that have a name already
 */
export function valuesInCluster(
  cluster: string,
  objects: readonly ClusterObject[],
  { bootstrap }: Declarations,
  known: ReadonlySet<string>,
): readonly Canary[] {
  return objects.flatMap(({ name, values }) =>
    Object.entries(values).flatMap(([key, value]) => {
      const secret = name.replace("Secret ", "");
      const isFirst = bootstrap.some((each) => each.cluster === cluster && `${each.namespace}/${each.name}` === secret);
      if (isFirst) return [{ id: `bootstrap ${cluster} ${secret}:${key}`, value }];
      if (known.has(value) || Buffer.byteLength(value) < SHORTEST || !looksSecret(value)) return [];
      return [{ id: `in ${cluster} ${secret}:${key}`, value }];
    }),
  );
}

/** What a cluster made up for a namespace stays in it. */
export function clusterExceptions(canaries: Iterable<Canary>): readonly Exception[] {
  const places = [...canaries].flatMap(({ id }) => {
    const [, cluster, namespace] = /^in (\S+) ([^/]+)\//.exec(id) ?? [];
    return cluster === undefined || namespace === undefined ? [] : [{ cluster, namespace }];
  });
  const distinct = new Map(places.map((place) => [`${place.cluster}/${place.namespace}`, place]));
  return [...distinct.values()].map(({ cluster, namespace }) => ({
    secret: `in ${cluster} ${namespace}/*`,
    place: `cluster ${cluster}: Secret ${namespace}/*`,
    reason: "it was made in that namespace",
    documented: "docs/architecture.md, Secrets",
  }));
}
