import type { Json, JsonObject } from "../../../../constructs/core/json";
import { at, list } from "../../../constructs/data/objects";
import type { PostgresqlServer } from "./server";

/**
 * Does to a server what CloudNativePG does for a Cluster and its Databases, with the operator's own rules and
 * statements. What it does is taken from the objects as they are rendered.
 */
export class PostgresqlOperator {
  /**
   * @param objects - the rendered Cluster, and the Databases of all clusters
   * @param passwords - of each Kubernetes secret, as they are now
   */
  constructor(
    private readonly server: PostgresqlServer,
    private readonly cluster: JsonObject,
    private readonly databases: readonly JsonObject[],
    private readonly passwords: ReadonlyMap<string, string>,
  ) {}

  /** Every name in the server's certificate. */
  hosts(): string[] {
    const { name, namespace } = { name: this.text("metadata.name"), namespace: this.text("metadata.namespace") };
    const managed = list(this.cluster, "spec.managed.services.additional");
    const services = [
      ...["rw", "ro", "r"].map((kind) => `${name}-${kind}`),
      ...managed.map((service) => String(at(service, "serviceTemplate.metadata.name"))),
    ];
    const more = at(this.cluster, "spec.certificates.serverAltDNSNames");
    return [
      ...services.flatMap((service) =>
        ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map((end) => `${service}${end}`),
      ),
      ...(Array.isArray(more) ? more.map(String) : []),
    ];
  }

  /** Who is let in: the operator's rules stand around those of the Cluster. */
  writeAdmission(): void {
    const own = at(this.cluster, "spec.postgresql.pg_hba");
    const rules = [
      "local all cnpg_metrics_exporter peer map=cnpg_metrics_exporter",
      "local all all peer map=local",
      "hostssl postgres streaming_replica all cert map=cnpg_streaming_replica",
      "hostssl replication streaming_replica all cert map=cnpg_streaming_replica",
      "hostssl all cnpg_pooler_pgbouncer all cert map=cnpg_pooler_pgbouncer",
      ...(Array.isArray(own) ? own.map(String) : []),
      "host all all all scram-sha-256",
    ];
    const { name } = this.server.user;
    const maps = [
      `local ${name} postgres`,
      "cnpg_streaming_replica streaming_replica streaming_replica",
      `cnpg_metrics_exporter ${name} cnpg_metrics_exporter`,
    ];
    this.server.write("pg_hba.conf", `${rules.join("\n")}\n`);
    this.server.write("pg_ident.conf", `${maps.join("\n")}\n`);
  }

  /** Its own roles. */
  async makeOwnRoles(): Promise<void> {
    await this.server.sql("CREATE ROLE streaming_replica WITH REPLICATION LOGIN");
    await this.server.sql("CREATE ROLE cnpg_metrics_exporter WITH LOGIN PASSWORD NULL");
    await this.server.sql("GRANT pg_monitor TO cnpg_metrics_exporter");
  }

  /** Managed roles: made where they are missing, and otherwise changed to what is declared, password included. */
  async reconcileRoles(): Promise<void> {
    for (const role of list(this.cluster, "spec.managed.roles")) {
      const known = await this.server.sql(`SELECT count(*) FROM pg_roles WHERE rolname = '${String(role.name)}'`);
      const verb = known === "0" ? "CREATE" : "ALTER";
      await this.server.sql(`${verb} ROLE "${String(role.name)}" ${this.roleOptions(role)}`);
    }
  }

  /** Databases: made where they are missing, never dropped. */
  async reconcileDatabases(): Promise<void> {
    const cluster = this.text("metadata.name");
    for (const database of this.databases.filter((one) => at(one, "spec.cluster.name") === cluster)) {
      const [name, owner] = [String(at(database, "spec.name")), String(at(database, "spec.owner"))];
      const known = await this.server.sql(`SELECT count(*) FROM pg_database WHERE datname = '${name}'`);
      if (known === "0") await this.server.sql(`CREATE DATABASE "${name}" OWNER "${owner}"`);
    }
  }

  /**
   * How a server recovers from the archive of another one.
   *
   * @param archiveOf - folder of the archive of a server, by its name in the object store
   */
  recovery(archiveOf: (serverName: string) => string): Record<string, string> {
    const source = at(this.cluster, "spec.bootstrap.recovery.source");
    const origin = list(this.cluster, "spec.externalClusters").find(({ name }) => name === source);
    const moment = at(this.cluster, "spec.bootstrap.recovery.recoveryTarget.targetTime");
    return {
      restore_command: `cp ${archiveOf(String(at(origin, "plugin.parameters.serverName")))}/%f %p`,
      // PostgreSQL does not know `Z` so early; the operator writes it out.
      ...(typeof moment === "string" ? { recovery_target_time: moment.replace(/Z$/, "+00:00") } : {}),
      recovery_target_action: "promote",
    };
  }

  private text(path: string): string {
    return String(at(this.cluster, path));
  }

  private roleOptions(role: JsonObject): string {
    const option = (name: string, set: Json | undefined) => `${set === true ? "" : "NO"}${name}`;
    const secret = String(at(role, "passwordSecret.name"));
    const password = this.passwords.get(secret);
    if (password === undefined) throw new Error(`there is no secret ${secret}`);
    return [
      "NOBYPASSRLS",
      option("CREATEDB", role.createdb),
      option("CREATEROLE", role.createrole),
      "INHERIT",
      option("LOGIN", role.login),
      "NOREPLICATION",
      option("SUPERUSER", role.superuser),
      `CONNECTION LIMIT ${Number(role.connectionLimit)}`,
      `PASSWORD '${password}'`,
    ].join(" ");
  }
}
