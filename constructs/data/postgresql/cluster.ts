import { Cluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import { Database } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Database";
import { keepAnnotation } from "../../core/protection";
import { storageClassOf } from "../storage-class";
import { mebibytes, resourcesOf } from "../store";
import { archiving } from "./backup";
import { bootstrap } from "./bootstrap";
import type { PostgresqlDatabase } from "./database";
import type { PostgresqlGeneration } from "./generation";
import type { PostgresqlClusterProps } from "./index";
import { poolerHosts } from "./pooler";

/**
 * The cluster of a generation: instances, volumes and roles, and for the one that serves the service under the name that
 * consumers know.
 *
 * The write-ahead log stays on the volume of the data. One of its own costs another volume for each instance, can't be
 * taken away again, and would not keep a server up whose log can't be archived: either volume runs full.
 */
export function cluster(props: PostgresqlClusterProps, generation: PostgresqlGeneration, image: string): Cluster {
  const { name, serving } = generation;
  return new Cluster({
    metadata: { name, namespace: props.namespace, annotations: keepAnnotation(props.protection) },
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
      ...bootstrap(props, generation),
      ...(props.backup === undefined ? {} : { plugins: [archiving(props, generation)] }),
      ...certificates(props, generation),
      postgresql: {
        parameters: parameters(props),
        pg_hba: admission(props.databases),
        ...(props.instances > 1
          ? { synchronous: { method: "any" as const, number: 1, dataDurability: "preferred" as const } }
          : {}),
      },
      managed: {
        roles: props.databases.map(role),
        ...(serving ? { services: { additional: [service(props.service)] } } : {}),
      },
      monitoring: { enablePodMonitor: props.podMonitor ?? false },
    },
  });
}

/** Databases outlive their objects: dropping one is a person's decision. */
export function database(
  props: PostgresqlClusterProps,
  generation: PostgresqlGeneration,
  { name, owner }: PostgresqlDatabase,
): Database {
  return new Database({
    metadata: {
      name: `${generation.name}-${name.replaceAll("_", "-")}`,
      namespace: props.namespace,
      annotations: keepAnnotation(props.protection),
    },
    spec: { name, owner, cluster: { name: generation.name }, ensure: "present", databaseReclaimPolicy: "retain" },
  });
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

/** The pooler shows its clients the server's certificate, and the operator does not know our service in front of it. */
function certificates(props: PostgresqlClusterProps, { serving }: PostgresqlGeneration) {
  const hosts = serving ? poolerHosts(props) : [];
  return hosts.length === 0 ? {} : { certificates: { serverAltDNSNames: hosts } };
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
