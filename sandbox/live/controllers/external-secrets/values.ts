import type { ClusterView } from "../loop/cluster-view";
import {
  CLUSTER_SECRET_STORES,
  type ExternalSecret,
  PASSWORDS,
  SECRET_STORES,
  type SecretStore,
  Undeliverable,
} from "./objects";
import { generate } from "./password";
import type { Sessions } from "./sessions";

/** Values by key. Never printed. */
export type Values = Readonly<Record<string, string>>;

type StoreReference = NonNullable<ExternalSecret["spec"]["secretStoreRef"]>;
type RemoteReference = NonNullable<ExternalSecret["spec"]["data"]>[number]["remoteRef"];

/** Brings together what an ExternalSecret asks for: later ones win over earlier ones, single keys over all. */
export async function valuesOf(secret: ExternalSecret, cluster: ClusterView, sessions: Sessions): Promise<Values> {
  const { dataFrom = [], data = [], secretStoreRef } = secret.spec;
  const read = (reference: StoreReference | undefined, remote: RemoteReference) => {
    const { namespace = "" } = secret.metadata;
    const store = storeOf(reference ?? secretStoreRef, namespace, cluster);
    const mount = store.spec.provider.vault?.path;
    return sessions.use(store, namespace, cluster, (client, token) =>
      client.read(token, mount ?? "secret", remote.key, remote.version),
    );
  };
  const values: Record<string, string> = {};
  for (const { extract, sourceRef } of dataFrom) {
    if (extract !== undefined) {
      const found = property(await read(sourceRef?.storeRef, extract), extract);
      for (const [key, value] of Object.entries(asObject(found, extract.key))) values[key] = text(value);
    } else if (sourceRef?.generatorRef !== undefined) {
      values.password = generated(secret, sourceRef.generatorRef, cluster);
    }
  }
  for (const { secretKey, remoteRef, sourceRef } of data) {
    values[secretKey] = text(property(await read(sourceRef?.storeRef, remoteRef), remoteRef));
  }
  return values;
}

function storeOf({ name, kind }: Partial<StoreReference> = {}, namespace: string, cluster: ClusterView): SecretStore {
  const ofCluster = kind === CLUSTER_SECRET_STORES.kind;
  const store = ofCluster
    ? cluster.store(CLUSTER_SECRET_STORES).get({ name: name ?? "" })
    : cluster.store(SECRET_STORES).get({ name: name ?? "", namespace });
  if (store === undefined)
    throw new Undeliverable(`could not get ${kind ?? SECRET_STORES.kind} "${name}": it is not there`);
  return store;
}

function generated(
  { metadata }: ExternalSecret,
  { kind, name }: { readonly kind: string; readonly name: string },
  cluster: ClusterView,
): string {
  const rule = cluster.store(PASSWORDS).get({ name, namespace: metadata.namespace });
  if (kind !== PASSWORDS.kind)
    throw new Undeliverable(`the sandbox plays generators of kind Password only, not ${kind}`);
  if (rule === undefined) throw new Undeliverable(`the generator Password ${name} is not there`);
  return generate(rule.spec);
}

/** One value of a path, where one is named; otherwise all of them. */
function property(values: Readonly<Record<string, unknown>>, { key, property: name }: RemoteReference): unknown {
  if (name === undefined) return values;
  if (values[name] === undefined) throw new Undeliverable(`property ${name} does not exist in ${key}`);
  return values[name];
}

function asObject(value: unknown, key: string): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Undeliverable(`${key} has no keys to extract there`);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
