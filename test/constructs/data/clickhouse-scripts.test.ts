import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { backupScript, restoreScript, WORK } from "../../../constructs/data/clickhouse/scripts";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/**
 * A client that writes down who asks for what, and answers from the files of a folder: `restored` is there when a
 * restore is done, `tables` holds the number of tables, `fails` a part of the statement that the server refuses.
 */
const CLIENT = `#!/bin/sh
for last; do :; done
echo "$CLICKHOUSE_USER: $last" >> "$STATE/asked"
case "$*" in *"$CLICKHOUSE_PASSWORD"*) echo "a password among the arguments" >&2; exit 2;; esac
if [ -f "$STATE/fails" ]; then case "$last" in *"$(cat "$STATE/fails")"*) echo refused >&2; exit 1;; esac; fi
case "$last" in
  "EXISTS DATABASE restored") if [ -f "$STATE/restored" ]; then echo 1; else echo 0; fi;;
  "CREATE DATABASE restored"*) touch "$STATE/restored";;
  "SELECT count()"*) cat "$STATE/tables";;
esac
`;

class Server {
  readonly state = mkdtempSync(path.join(tmpdir(), "strata-clickhouse-"));

  constructor(state: Readonly<Record<string, string>> = {}) {
    folders.push(this.state);
    mkdirSync(path.join(this.state, "work"));
    for (const [name, text] of Object.entries({ tables: "0", "work/backup": "1/20261119T013000Z", ...state })) {
      writeFileSync(path.join(this.state, name), text);
    }
    writeFileSync(path.join(this.state, "clickhouse-client"), CLIENT, { mode: 0o755 });
  }

  run(script: string) {
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script.replaceAll(WORK, `${this.state}/work`)], {
      encoding: "utf8",
      env: {
        PATH: `${this.state}:${process.env.PATH}`,
        STATE: this.state,
        SERVER: "clickhouse-2",
        PATIENCE: "60",
        GENERATION: "1",
        CLICKHOUSE_USER: "backup",
        CLICKHOUSE_PASSWORD: "backup-password",
        MIGRATOR_USER_0: "openpanel_migrator",
        MIGRATOR_PASSWORD_0: "migrator-password",
      },
    });
    return { status, said: stdout + stderr };
  }

  get asked(): readonly string[] {
    return readFileSync(path.join(this.state, "asked"), "utf8").trim().split("\n");
  }

  has(file: string): boolean {
    return existsSync(path.join(this.state, file));
  }
}

const RESTORE = restoreScript(
  [{ name: "openpanel", user: "MIGRATOR_USER_0", password: "MIGRATOR_PASSWORD_0" }],
  "backups",
);

test("a backup goes into a folder of its generation that is named after the moment", () => {
  const server = new Server();
  expect(server.run(backupScript(["openpanel", "shop"], "backups")).status).toBe(0);
  const stamp = readFileSync(path.join(server.state, "work", "stamp"), "utf8");
  expect(stamp).toMatch(/^\d{8}T\d{6}Z$/);
  expect(server.asked).toEqual([`backup: BACKUP DATABASE openpanel, DATABASE shop TO S3(backups, '1/${stamp}')`]);
});

test("a backup that the server refuses fails the Job, and nothing is deleted after it", () => {
  const server = new Server({ fails: "BACKUP" });
  expect(server.run(backupScript(["openpanel"], "backups")).status).not.toBe(0);
  expect(server.has("work/stamp")).toBe(false);
});

test("an empty server is restored as the migrator, and marked when that is done", () => {
  const server = new Server();
  expect(server.run(RESTORE)).toMatchObject({
    status: 0,
    said: expect.stringContaining("restored 1/20261119T013000Z"),
  });
  expect(server.asked).toEqual([
    "backup: SELECT 1",
    "backup: EXISTS DATABASE restored",
    "openpanel_migrator: SELECT count() FROM system.tables WHERE database = 'openpanel'",
    "openpanel_migrator: RESTORE DATABASE openpanel FROM S3(backups, '1/20261119T013000Z')",
    "backup: CREATE DATABASE restored COMMENT '1/20261119T013000Z'",
  ]);
});

test("a restore that is done is not done again, whatever the database holds by now", () => {
  const server = new Server();
  server.run(RESTORE);
  writeFileSync(path.join(server.state, "tables"), "12");
  expect(server.run(RESTORE)).toEqual({ status: 0, said: "restored already\n" });
  expect(server.asked.filter((asked) => asked.includes("RESTORE"))).toHaveLength(1);
});

test("a server that was restored needs no backup any more, and an empty one without a backup fails the Job", () => {
  const server = new Server({ "work/backup": "" });
  expect(server.run(RESTORE)).toEqual({
    status: 1,
    said: "there is no backup to restore; container choose says why\n",
  });
  writeFileSync(path.join(server.state, "restored"), "");
  expect(server.run(RESTORE).status).toBe(0);
});

test("tables that are there already are never restored over", () => {
  const server = new Server({ tables: "3" });
  expect(server.run(RESTORE)).toEqual({
    status: 1,
    said: "database openpanel has 3 tables: nothing is restored over them; make another generation\n",
  });
  expect(server.asked.join()).not.toContain("RESTORE");
});

test("a restore that fails is not taken for one that is done", () => {
  const server = new Server({ fails: "RESTORE" });
  expect(server.run(RESTORE).status).not.toBe(0);
  expect(server.has("restored")).toBe(false);
});
