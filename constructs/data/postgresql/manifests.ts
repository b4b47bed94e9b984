import { Cluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import { Database } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Database";
import { keepAnnotation } from "../../core/protection";
import { storageClassOf } from "../storage-class";
import { mebibytes, resourcesOf } from "../store";
import type { PostgresqlDatabase } from "./database";
import type { PostgresqlClusterProps } from "./index";

/** The cluster: instances, volumes, roles, and the service under the name that consumers know. */
export function cluster(props: PostgresqlClusterProps, image: string): Cluster {
  const [first] = props.databases;
  return new Cluster({
    metadata: { name: props.name, namespace: props.namespace, annotations: keepAnnotation(props.protection) },
    spec: {
      instances: props.instances,
      imageName: image,
      primaryUpdateStrategy: "unsupervised",
      primaryUpdateMethod: props.instances > 1 ? "switchover" : "restart",
      // A budget over a single instance forbids every drain of its node.
      enablePDB: props.instances > 1,
      enableSuperuserAccess: false,
      storage: {
        size: props.size.storage,
        storageClass: props.storageClass ?? storageClassOf(props.protection),
        resizeInUseVolumes: true,
      },
      resources: resourcesOf(props.size),
      affinity: {
        enablePodAntiAffinity: true,
        topologyKey: "kubernetes.io/hostname",
        podAntiAffinityType: "preferred",
        ...(props.placement && { tolerations: props.placement.tolerations, ...props.placement.affinity }),
      },
      // Without a database of ours the operator makes one named `app`, with an owner that nobody uses.
      ...(first === undefined ? {} : { bootstrap: { initdb: initdb(first) } }),
      postgresql: {
        parameters: parameters(props),
        pg_hba: admission(props.databases),
        ...(props.instances > 1
          ? { synchronous: { method: "any" as const, number: 1, dataDurability: "preferred" as const } }
          : {}),
      },
      managed: { roles: props.databases.map(role), services: { additional: [service(props.service)] } },
      monitoring: { enablePodMonitor: props.podMonitor ?? false },
    },
  });
}

/** Databases outlive their objects: dropping one is a person's decision. */
export function database(props: PostgresqlClusterProps, { name, owner }: PostgresqlDatabase): Database {
  return new Database({
    metadata: {
      name: `${props.name}-${name.replaceAll("_", "-")}`,
      namespace: props.namespace,
      annotations: keepAnnotation(props.protection),
    },
    spec: { name, owner, cluster: { name: props.name }, ensure: "present", databaseReclaimPolicy: "retain" },
  });
}

/** The same secret as the managed role's: two would take turns in setting the password. */
function initdb({ name, owner, passwordSecret }: PostgresqlDatabase) {
  return { database: name, owner, secret: { name: passwordSecret.name }, dataChecksums: true };
}

function role({ owner, passwordSecret, connectionLimit }: PostgresqlDatabase) {
  return {
    name: owner,
    ensure: "present" as const,
    login: true,
    superuser: false,
    createdb: false,
    createrole: false,
    connectionLimit: connectionLimit ?? -1,
    passwordSecret: { name: passwordSecret.name },
  };
}

/** The operator adds the names of managed services to the server certificate. */
function service(name: string) {
  return {
    selectorType: "rw" as const,
    serviceTemplate: { metadata: { name }, spec: { type: "ClusterIP" as const } },
  };
}

/**
 * Each owner reaches its own database, over TLS, and nothing else. The operator's fixed rules come before these, and
 * its last rule, which lets every role with a password into every database, is never reached.
 *
 * @see https://cloudnative-pg.io/documentation/current/postgresql_conf/#the-pg_hba-section
 */
function admission(databases: readonly PostgresqlDatabase[]): string[] {
  return [
    ...databases.map(({ name, owner }) => `hostssl ${name} ${owner} all scram-sha-256`),
    "host all all all reject",
  ];
}

/** A quarter of the memory for shared buffers; the server's own default of 128 MB ignores the size of the pod. */
function parameters(props: PostgresqlClusterProps): Record<string, string> {
  const memory = mebibytes(props.size.memory);
  return memory === undefined ? {} : { shared_buffers: `${Math.max(128, Math.floor(memory / 4))}MB` };
}
