import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Servers } from "../../sandbox/live/servers";
import { runReadiness } from "./support/postgresql/readiness";
import type { Client, PostgresqlServer } from "./support/postgresql/server";
import { hostOf, jobsOf, type Serving, StagingPostgresql } from "./support/postgresql/staging";
import { until } from "./support/until";

jest.setTimeout(60_000);

const folder = mkdtempSync(path.join(tmpdir(), "strata-pg-"));
const servers = new Servers();
const staging = new StagingPostgresql(folder, servers);
const objects = staging.rendered();
const as = (app: string, more: Partial<Client> = {}) => staging.client(app, more);
const check = (job: Parameters<typeof runReadiness>[0], server: PostgresqlServer) =>
  runReadiness(job, server, staging.passwords);
let first: Serving;

beforeAll(async () => {
  first = await staging.prepare("postgresql", objects);
  await first.server.initialise();
  await staging.start(first);
  await first.operator.makeOwnRoles();
  await first.operator.reconcileRoles();
  await first.operator.reconcileDatabases();
});

afterAll(async () => {
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
});

const mayConnect = async (role: string, database: string) =>
  (await first.server.sql(`SELECT has_database_privilege('${role}', '${database}', 'CONNECT')`)) === "t";

describe("a database that was just made", () => {
  test("is open to everybody: it is the readiness Job that closes it", async () => {
    expect(await mayConnect("public", "openpanel")).toBe(true);
    expect(await mayConnect("shop", "openpanel")).toBe(true);
  });

  test("is closed by the Job, which ends well", async () => {
    const both = jobsOf(objects, "postgresql-ready");
    expect(both).toHaveLength(2);
    for (const job of both) {
      expect(await check(job, first.server)).toMatchObject({ code: 0, out: "ready" });
    }
    expect(await mayConnect("public", "openpanel")).toBe(false);
    expect(await mayConnect("shop", "openpanel")).toBe(false);
    expect(await mayConnect("openpanel", "openpanel")).toBe(true);
  });

  test("may be closed again and again", async () => {
    for (const job of jobsOf(objects, "postgresql-ready")) {
      expect(await check(job, first.server)).toMatchObject({ code: 0 });
    }
  });

  test("keeps its metrics, which see nothing of what is in it", async () => {
    const metrics = { user: "cnpg_metrics_exporter", database: "openpanel" };
    expect(await first.server.remoteSql("CREATE TABLE visits (page text)", as("openpanel"))).toMatchObject({ code: 0 });
    const size = await first.server.localSql("SELECT pg_database_size('openpanel') > 0", metrics);
    expect(size).toMatchObject({ code: 0, out: "t" });
    const content = await first.server.localSql("SELECT * FROM visits", metrics);
    expect(content.err).toContain("permission denied for table visits");
  });
});

describe("the role of an application", () => {
  const refused = async (statement: string) => (await first.server.remoteSql(statement, as("openpanel"))).err;

  test("does with its own database as it likes", async () => {
    const statement =
      "CREATE SCHEMA own; CREATE TABLE own.t (id uuid DEFAULT gen_random_uuid(), n int); INSERT INTO own.t (n) VALUES (7)";
    expect(await first.server.remoteSql(statement, as("openpanel"))).toMatchObject({ code: 0 });
    expect(await first.server.remoteSql("SELECT n FROM own.t", as("openpanel"))).toMatchObject({ code: 0, out: "7" });
  });

  test("is no superuser, makes no databases and no roles, and becomes nobody else", async () => {
    const rights = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles";
    expect(await first.server.sql(`${rights} WHERE rolname = 'openpanel'`)).toBe("f|f|f|f|f");
    expect(await refused("CREATE DATABASE more")).toContain("permission denied to create database");
    expect(await refused("CREATE ROLE other")).toContain("permission denied to create role");
    expect(await refused("SET ROLE postgres")).toContain("permission denied to set role");
    expect(await refused("SET ROLE shop")).toContain("permission denied to set role");
    expect(await refused("COPY own.t TO PROGRAM 'cat'")).toMatch(/permission denied|must be superuser/);
  });

  test.each(["shop", "postgres", "template1"])("does not get into database %s", async (database) => {
    const { code, err } = await first.server.remoteSql("SELECT 1", as("openpanel", { database }));
    expect(code).not.toBe(0);
    expect(err).toContain("pg_hba.conf rejects connection");
  });

  test("does not get into another one's, even where the rules of admission would let it", async () => {
    const hba = "hostssl all all all scram-sha-256\n";
    const file = first.server.write("pg_hba.conf", `local all all peer map=local\n${hba}`);
    expect(file).toContain("pg_hba.conf");
    await first.server.sql("SELECT pg_reload_conf()");
    let said = "";
    await until(async () => {
      said = (await first.server.remoteSql("SELECT 1", as("openpanel", { database: "shop" }))).err;
      return !said.includes("pg_hba.conf rejects");
    }, 5000);
    expect(said).toContain('permission denied for database "shop"');
    first.operator.writeAdmission();
    await first.server.sql("SELECT pg_reload_conf()");
    await until(async () => {
      const { err } = await first.server.remoteSql("SELECT 1", as("openpanel", { database: "shop" }));
      return err.includes("pg_hba.conf rejects connection");
    }, 5000);
  });

  test("is let in over TLS only", async () => {
    const { err } = await first.server.remoteSql("SELECT 1", as("openpanel", { tls: "disable" }));
    expect(err).toContain("pg_hba.conf rejects connection");
    expect(err).toContain("no encryption");
  });

  test("knows the server by the service's name and no other", async () => {
    const { err } = await first.server.remoteSql("SELECT 1", as("openpanel", { host: "postgresql.data-prod" }));
    expect(err).toContain('does not match host name "postgresql.data-prod"');
  });

  test("and nobody else comes from the network: not the superuser, not the metrics", async () => {
    for (const user of ["postgres", "cnpg_metrics_exporter"]) {
      const { err } = await first.server.remoteSql("SELECT 1", as("openpanel", { user }));
      expect(err).toContain("pg_hba.conf rejects connection");
    }
  });
});

describe("a moment to go back to", () => {
  const old = staging.passwordOf("openpanel");
  let second: Serving;
  let moment = "";
  const recovered = () => staging.rendered({ serving: 1, all: { 1: {}, 2: { recover: { from: 1, to: moment } } } });
  const pages = async (server: PostgresqlServer, client: Client) =>
    (await server.remoteSql("SELECT string_agg(page, ',' ORDER BY page) FROM visits", client)).out;
  const visit = async (page: string) =>
    expect(await first.server.remoteSql(`INSERT INTO visits VALUES ('${page}')`, as("openpanel"))).toMatchObject({
      code: 0,
    });
  const epoch = async () => Number(await first.server.sql("SELECT extract(epoch FROM clock_timestamp())"));

  test("stands between what was written before and after it", async () => {
    const generations = { serving: 1, all: { 1: {}, 2: { recover: { from: 1 } } } };
    second = await staging.prepare("postgresql-2", staging.rendered(generations));
    await baseBackup();
    await visit("before");
    const seconds = Math.floor(await epoch()) + 1;
    moment = `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
    await until(async () => (await epoch()) > seconds, 5000);
    await visit("later");
    expect(await pages(first.server, as("openpanel"))).toBe("before,later");
  });

  test("a changed password reaches the database: the old one is refused, the new one taken", async () => {
    staging.setPassword("openpanel", "changed");
    await first.operator.reconcileRoles();
    const { err } = await first.server.remoteSql("SELECT 1", as("openpanel", { password: old }));
    expect(err).toContain('password authentication failed for user "openpanel"');
    expect(await first.server.remoteSql("SELECT 1", as("openpanel"))).toMatchObject({ code: 0, out: "1" });
    expect(await first.server.remoteSql("SELECT 1", as("shop"))).toMatchObject({ code: 0, out: "1" });
    expect(await first.server.sql("SELECT rolpassword FROM pg_authid WHERE rolname = 'openpanel'")).toMatch(
      /^SCRAM-SHA-256\$/,
    );
  });

  test("is where a second server comes up, beside the first, from backups alone", async () => {
    await first.server.sql("SELECT pg_switch_wal()");
    const cluster = recovered().object("postgresql", "Cluster", "postgresql-2");
    second.server.write("data/recovery.signal", "");
    await staging.start(
      second,
      second.operatorOf(cluster).recovery((name) => staging.archiveOf(name)),
    );
    await until(async () => (await second.server.sql("SELECT pg_is_in_recovery()")) === "f", 20_000);
    await second.operator.reconcileRoles();
    await second.operator.reconcileDatabases();
  });

  test("has what was written before it and nothing of later, and the application's role logs in", async () => {
    const own = as("openpanel", { host: hostOf("postgresql-2-rw") });
    expect(await pages(second.server, own)).toBe("before");
    const { err } = await second.server.remoteSql("SELECT 1", { ...own, password: old });
    expect(err).toContain("password authentication failed");
    const other = await second.server.remoteSql("SELECT 1", { ...own, database: "shop" });
    expect(other.err).toContain("pg_hba.conf rejects connection");
  });

  test("passes the check of a generation that does not serve yet", async () => {
    const both = jobsOf(recovered(), "postgresql-2-ready");
    expect(both).toHaveLength(2);
    for (const job of both) {
      expect(await check(job, second.server)).toMatchObject({ code: 0, out: "ready" });
    }
  });

  test("leaves the first server and its archive as they were", async () => {
    expect(await pages(first.server, as("openpanel"))).toBe("before,later");
    await second.server.sql("SELECT pg_switch_wal()");
    await until(() => readdirSync(second.archive).some((name) => /^0000000[2-9]/.test(name)), 10_000);
    expect(readdirSync(first.archive).filter((name) => /^0000000[2-9]/.test(name))).toEqual([]);
  });

  /** As a replica would: by the operator's own certificate, for nobody has a password that replicates. */
  async function baseBackup(): Promise<void> {
    const { certificate, key } = await first.replication();
    const env = {
      ...first.server.clientEnvironment({
        user: "streaming_replica",
        database: "postgres",
        host: hostOf("postgresql"),
      }),
      PGSSLCERT: second.server.write("replication.crt", certificate),
      PGSSLKEY: second.server.write("replication.key", key, 0o600),
    };
    await second.server.must(
      "pg_basebackup",
      ["--pgdata", second.server.data, "--wal-method=none", "--checkpoint=fast", "--no-sync"],
      env,
    );
  }
});
