import { randomBytes } from "node:crypto";
import type { Issued } from "../../pki";
import { decoded, encoded, SECRETS, type Secret } from "../api/core";
import type { ClusterView } from "../loop/cluster-view";
import { type SigningRequest, sign } from "../signing";
import { metadataOf, POSTGRESQL_PORT, type PostgresqlCluster } from "./objects";
import { hosts } from "./services";

const NINETY_DAYS_MS = 90 * 24 * 3_600_000;

/**
 * Makes the secrets that the operator makes: the cluster's own CA with a certificate of the server and one for
 * replication, and a login where the cluster names none. Each is made once.
 */
export async function ensureSecrets(postgresql: PostgresqlCluster, cluster: ClusterView): Promise<void> {
  const { name } = postgresql.metadata;
  const once = async (suffix: string, make: () => Promise<Partial<Secret>>): Promise<Secret> => {
    const metadata = metadataOf(postgresql, `${name}-${suffix}`, { "cnpg.io/reload": "true" });
    const known = cluster.store(SECRETS).get(metadata) ?? (await cluster.api.get(SECRETS, metadata));
    return known ?? cluster.api.apply(SECRETS, { metadata, ...(await make()) });
  };
  const authority = await once("ca", async () => {
    const { certificate, key } = await sign(request({ commonName: name, isCa: true }));
    return { type: "Opaque", data: { "ca.crt": encoded(certificate), "ca.key": encoded(key) } };
  });
  const ca = { certificate: decoded(authority.data?.["ca.crt"] ?? ""), key: decoded(authority.data?.["ca.key"] ?? "") };
  await once("server", async () =>
    tls(await sign(request({ commonName: `${name}-rw`, dnsNames: hosts(postgresql), usages: ["server auth"] }), ca)),
  );
  await once("replication", async () =>
    tls(await sign(request({ commonName: "streaming_replica", usages: ["client auth"] }), ca)),
  );
  const { bootstrap, enableSuperuserAccess, superuserSecret } = postgresql.spec;
  const { initdb } = bootstrap ?? { initdb: {} };
  if (initdb !== undefined && initdb.secret === undefined) {
    const database = initdb.database ?? "app";
    await once("app", async () => login(postgresql, initdb.owner ?? database, database));
  }
  if (enableSuperuserAccess && superuserSecret === undefined) {
    await once("superuser", async () => login(postgresql, "postgres", "*"));
  }
}

/** Secret that the cluster names for its first database, if that is not there or lacks what the operator reads. */
export function missingSecret({ metadata, spec }: PostgresqlCluster, cluster: ClusterView): string | undefined {
  const name = (spec.bootstrap?.recovery ?? spec.bootstrap?.initdb)?.secret?.name;
  if (name === undefined) return undefined;
  const secret = cluster.store(SECRETS).get({ name, namespace: metadata.namespace });
  if (secret === undefined) return `secret "${name}" not found`;
  const { username, password } = secret.data ?? {};
  return username && password ? undefined : `secret "${name}" has no username and password`;
}

function request(part: Partial<SigningRequest>): SigningRequest {
  return {
    dnsNames: [],
    ipAddresses: [],
    isCa: false,
    usages: [],
    durationMs: NINETY_DAYS_MS,
    algorithm: "ECDSA-256",
    ...part,
  };
}

function tls({ certificate, key }: Issued): Partial<Secret> {
  return { type: "kubernetes.io/tls", data: { "tls.crt": encoded(certificate), "tls.key": encoded(key) } };
}

function login({ metadata }: PostgresqlCluster, username: string, dbname: string): Partial<Secret> {
  const password = randomBytes(32).toString("hex");
  const host = `${metadata.name}-rw`;
  const at = `${host}.${metadata.namespace}:${POSTGRESQL_PORT}/${dbname}`;
  const values = {
    username,
    user: username,
    password,
    dbname,
    host,
    port: String(POSTGRESQL_PORT),
    uri: `postgresql://${username}:${password}@${at}`,
    "jdbc-uri": `jdbc:postgresql://${at}?password=${password}&user=${username}`,
    pgpass: `${host}:${POSTGRESQL_PORT}:${dbname}:${username}:${password}\n`,
  };
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encoded(value)]));
  return { type: "kubernetes.io/basic-auth", data };
}
