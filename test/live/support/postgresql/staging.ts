import { mkdirSync } from "node:fs";
import path from "node:path";
import type { JsonObject } from "../../../../constructs/core/json";
import type { Generations } from "../../../../constructs/data/generations";
import { PostgresqlCluster } from "../../../../constructs/data/postgresql";
import { Authority } from "../../../../sandbox/live/pki";
import type { Servers } from "../../../../sandbox/live/servers";
import { at, Rendered } from "../../../constructs/data/objects";
import { PostgresqlOperator } from "./operator";
import { give, serverUser } from "./programs";
import { type Client, PostgresqlServer } from "./server";

const NAMESPACE = "data-staging";
const APPS = ["openpanel", "shop"] as const;
const secretOf = (app: string) => `postgresql-${app}`;

/** A server with what its operator and its object store would be. */
export interface Serving {
  readonly server: PostgresqlServer;
  readonly operator: PostgresqlOperator;
  /** The operator once the Cluster has changed. */
  operatorOf(cluster: JsonObject): PostgresqlOperator;
  /** The certificate with which replicas come. */
  replication(): ReturnType<Authority["issue"]>;
  /** Its folder of the object store. */
  readonly archive: string;
  readonly sharedBuffers: string;
}

/** PostgreSQL of an environment with two applications: what the program renders for it, and servers that follow it. */
export class StagingPostgresql {
  /** What the Kubernetes secrets hold, with characters that a shell or a URL would read. */
  readonly passwords = new Map(APPS.map((app) => [secretOf(app), `of $(${app}) "& more"`]));

  /** @param folder - takes all that the servers write */
  constructor(
    private readonly folder: string,
    private readonly servers: Servers,
  ) {
    give(folder, serverUser());
  }

  passwordOf(app: string): string {
    return this.passwords.get(secretOf(app)) ?? "";
  }

  setPassword(app: string, password: string): void {
    this.passwords.set(secretOf(app), password);
  }

  /** An application as it comes to its own database. */
  client(app: string, more: Partial<Client> = {}): Client {
    return { user: app, database: app, password: this.passwordOf(app), host: hostOf("postgresql"), ...more };
  }

  rendered(generations?: Generations): Rendered {
    return new Rendered(
      (scope, target) => {
        new PostgresqlCluster(scope, "postgresql", {
          target,
          namespace: NAMESPACE,
          name: "postgresql",
          service: "postgresql",
          instances: 1,
          size: { storage: "20Gi", cpu: "500m", memory: "512Mi" },
          protection: "retain",
          databases: APPS.map((name) => ({
            name,
            owner: name,
            passwordSecret: { name: secretOf(name), path: `staging/${name}` },
          })),
          backup: {
            endpoint: "https://ewr1.vultrobjects.com",
            region: "ewr1",
            bucket: "acme-staging-backups",
            secret: { name: "backups", path: "staging/backups" },
            schedule: "30 1 * * *",
            retentionDays: 14,
          },
          generations,
        });
      },
      [NAMESPACE],
    );
  }

  /** Prepares the server of a rendered Cluster; nothing runs yet. */
  async prepare(name: string, objects: Rendered): Promise<Serving> {
    const server = await PostgresqlServer.prepare(name, this.folder, this.servers);
    const cluster = objects.object("postgresql", "Cluster", name);
    const databases = objects.objects("postgresql").filter(({ kind }) => kind === "Database");
    const operatorOf = (one: JsonObject) => new PostgresqlOperator(server, one, databases, this.passwords);
    const operator = operatorOf(cluster);
    operator.writeAdmission();
    const authority = await Authority.create(name);
    await server.certify(authority, operator.hosts());
    return {
      server,
      operator,
      operatorOf,
      replication: () => authority.issue({ subject: "CN=streaming_replica" }),
      archive: this.archiveOf(String(at(cluster, "spec.plugins.0.parameters.serverName"))),
      sharedBuffers: String(at(cluster, "spec.postgresql.parameters.shared_buffers")),
    };
  }

  /** Starts a server that archives into its folder of the object store. */
  async start({ server, archive, sharedBuffers }: Serving, settings: Readonly<Record<string, string>> = {}) {
    mkdirSync(archive, { recursive: true });
    for (const each of [path.dirname(archive), archive]) give(each, server.user);
    await server.start({
      shared_buffers: sharedBuffers,
      archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f`,
      ...settings,
    });
  }

  /** Folder of the object store in which a server archives its log. */
  archiveOf(serverName: string): string {
    return path.join(this.folder, "bucket", serverName);
  }
}

/** Name under which a service of the environment is reached. */
export function hostOf(service: string): string {
  return `${service}.${NAMESPACE}.svc.cluster.local`;
}

/** The Jobs that look at a generation, one for each application. */
export function jobsOf(objects: Rendered, release: string): readonly JsonObject[] {
  return objects.objects(release).filter(({ kind }) => kind === "Job");
}
