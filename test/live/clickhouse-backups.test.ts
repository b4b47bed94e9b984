import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderVariables } from "../../constructs/data/clickhouse/backup-store";
import { CHOOSE_SCRIPT, KEEP_SCRIPT, WORK } from "../../constructs/data/clickhouse/scripts";
import { ObjectStore } from "../../sandbox/live/object-store";
import { Servers } from "../../sandbox/live/servers";
import { removeFolders, temporaryFolder } from "../sandbox/support";
import { describeWithPrograms } from "./support/programs";
import { until } from "./support/until";

jest.setTimeout(60_000);

const BUCKET = "acme-backups-staging";
const DAY_MS = 24 * 3600 * 1000;
const servers = new Servers();

afterAll(async () => {
  await servers.stop();
  removeFolders();
});

/** Name of a backup that was begun so many days ago. */
function begun(daysAgo: number): string {
  return `${new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** The scripts of the Jobs with the real rclone on a real object store; ClickHouse's own part is played by objects. */
describeWithPrograms("backups of ClickHouse in an object store", ["rclone"], () => {
  let store: ObjectStore;
  let work: string;

  beforeAll(async () => {
    store = await ObjectStore.start({ folder: temporaryFolder(), servers });
  });
  beforeEach(async () => {
    work = temporaryFolder();
    await store.createBucket(BUCKET);
    for (const key of await store.keys(BUCKET)) await store.bucket(BUCKET)({ method: "DELETE", key });
  });

  async function put(key: string): Promise<void> {
    const { status } = await store.bucket(BUCKET)({ method: "PUT", key: `clickhouse/${key}`, body: "x" });
    if (status !== 200) throw new Error(`${key} was not written: ${status}`);
  }

  /** What the server leaves: metadata and data, and `.backup` when it was able to finish. */
  async function backup(name: string, complete = true): Promise<void> {
    await put(`${name}/metadata/openpanel.sql`);
    await put(`${name}/data/openpanel/events/all_1_1_0/data.bin`);
    if (complete) await put(`${name}/.backup`);
  }

  /** Backups in the store, complete or not. */
  async function left(): Promise<readonly string[]> {
    const names = (await store.keys(BUCKET)).map((key) => key.split("/").slice(1, 3).join("/"));
    return [...new Set(names)].sort();
  }

  function run(script: string, env: Readonly<Record<string, string>>) {
    const { accessKeyId, secretAccessKey } = store.credentials;
    const target = {
      ...{ endpoint: store.endpoint, region: store.region, bucket: BUCKET, schedule: "0 0 * * *", retentionDays: 14 },
      secret: { name: "backups", path: "staging/backups" },
    };
    const secrets: Readonly<Record<string, string>> = { access_key: accessKeyId, secret_key: secretAccessKey };
    const variables = folderVariables(target, "clickhouse").map(({ name, value, valueFrom }) => [
      name,
      value ?? secrets[valueFrom?.secretKeyRef?.key ?? ""] ?? "",
    ]);
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script.replaceAll(WORK, work)], {
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH,
        HOME: work,
        ...Object.fromEntries(variables),
        ...env,
      },
    });
    expect(stdout + stderr).not.toContain(secretAccessKey);
    return { status, stdout, stderr };
  }

  function chosen(): string {
    return readFileSync(path.join(work, "backup"), "utf8");
  }

  function keep(stamp: string) {
    mkdirSync(work, { recursive: true });
    writeFileSync(path.join(work, "stamp"), stamp);
    return run(KEEP_SCRIPT, { GENERATION: "2", RETENTION_DAYS: "14" });
  }

  test("what is older than it must be kept goes, of every generation, and the rest is listed", async () => {
    const [today, young, old, ancient] = [begun(0), begun(13), begun(15), begun(90)];
    for (const name of [`2/${today}`, `2/${young}`, `2/${old}`, `1/${young}`, `1/${ancient}`]) await backup(name);
    await backup(`2/${ancient}`, false);
    const { status, stdout } = keep(today);
    expect(status).toBe(0);
    expect(await left()).toEqual([`1/${young}`, `2/${young}`, `2/${today}`]);
    expect(stdout.split("kept:\n")[1]).toBe(`1/${young}\n2/${young}\n2/${today}\n`);
  });

  test("a backup that was not finished fails the Job, and nothing is deleted", async () => {
    const [today, old] = [begun(0), begun(15)];
    await backup(`2/${old}`);
    await backup(`2/${today}`, false);
    expect(keep(today)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`backup ${today} is not complete`),
    });
    expect(await left()).toEqual([`2/${old}`, `2/${today}`]);
  });

  test("the newest complete backup stays, however old it is", async () => {
    const [old, older] = [begun(20), begun(30)];
    await backup(`2/${old}`);
    await backup(`2/${older}`);
    expect(keep(old).status).toBe(0);
    expect(await left()).toEqual([`2/${old}`]);
  });

  test("folders that are no backups are left alone", async () => {
    const today = begun(0);
    await backup(`2/${today}`);
    await put("2/00000000-notes/readme");
    expect(keep(today).status).toBe(0);
    expect(await left()).toContain("2/00000000-notes");
  });

  test("a store that can't be reached fails the Job", () => {
    const env = { GENERATION: "2", RETENTION_DAYS: "14", RCLONE_CONFIG_STORE_ENDPOINT: "http://127.0.0.1:1" };
    writeFileSync(path.join(work, "stamp"), begun(0));
    expect(run(KEEP_SCRIPT, { ...env, RCLONE_RETRIES: "1", RCLONE_LOW_LEVEL_RETRIES: "1" }).status).not.toBe(0);
  });

  test("the newest backup that was complete at the moment is chosen; one that ended later is not, when it began before", async () => {
    const early = begun(0.2);
    await backup(`1/${early}`);
    const moment = new Date();
    await until(() => Date.now() > moment.getTime() + 2000, 10_000);
    const late = begun(0.1);
    await backup(`1/${late}`);
    const choose = (to: string) => {
      expect(run(CHOOSE_SCRIPT, { FROM: "1", TO: to }).status).toBe(0);
      return chosen();
    };
    // Times of files are whole seconds.
    const text = (time: number) => new Date(time).toISOString().slice(0, 19).replace("T", " ");
    expect(choose(text(moment.getTime() + 1000))).toBe(`1/${early}`);
    expect(choose(text(Date.now() + 1000))).toBe(`1/${late}`);
    expect(choose("")).toBe(`1/${late}`);
  });

  test("when nothing was complete at the moment, none is chosen, and it is said what is there", async () => {
    const only = begun(1);
    await backup(`1/${only}`);
    await backup(`1/${begun(0)}`, false);
    const { status, stderr } = run(CHOOSE_SCRIPT, { FROM: "1", TO: "2020-01-01 00:00:00" });
    expect({ status, chosen: chosen() }).toEqual({ status: 0, chosen: "" });
    expect(stderr).toContain("no backup of generation 1 was complete at 2020-01-01 00:00:00");
    expect(stderr).toContain(`${only}/.backup`);
  });

  test("a store that can't be reached chooses none: only a server that needs one fails then", () => {
    const closed = { RCLONE_CONFIG_STORE_ENDPOINT: "http://127.0.0.1:1", RCLONE_RETRIES: "1" };
    const { status, stderr } = run(CHOOSE_SCRIPT, { FROM: "1", TO: "", ...closed, RCLONE_LOW_LEVEL_RETRIES: "1" });
    expect({ status, chosen: chosen() }).toEqual({ status: 0, chosen: "" });
    expect(stderr).toContain("the object store can't be read");
  });
});
