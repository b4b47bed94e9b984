import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dataMebibytes, serverConfiguration } from "../../constructs/components/valkey";
import { QUEUE_LINES } from "../../constructs/data/redis/configuration";
import { accountsScript, redisConfiguration } from "../../constructs/data/redis/redis-files";
import { APPLICATION_PERMISSIONS, DEFAULT_PERMISSIONS } from "../../constructs/data/redis/user";
import { type RunningServer, Servers } from "../../sandbox/live/servers";
import { removeFolders, temporaryFolder } from "../sandbox/support";
import { describeWithPrograms, findProgram } from "./support/programs";
import { RedisConnection } from "./support/redis-connection";
import { until } from "./support/until";

jest.setTimeout(120_000);

/** The smallest store of the built-in profiles. */
const MEMORY = "256Mi";
const PASSWORD = "a password with 'quotes' and $signs";
const servers = new Servers();

afterAll(async () => {
  await servers.stop();
  removeFolders();
});

/** The configuration and the accounts of an instance, on the server of the distribution. */
describeWithPrograms("an instance of Redis", ["redis-server", "redis-cli"], () => {
  const folder = temporaryFolder();
  const connections: RedisConnection[] = [];
  const socket = path.join(folder, "redis.sock");
  let server: RunningServer;

  const environment = () => ({ PATH: process.env.PATH ?? "", LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH ?? "" });

  function prepare(): void {
    const accounts = path.join(folder, "accounts");
    const passwords = path.join(folder, "passwords");
    const data = path.join(folder, "data");
    for (const each of [accounts, passwords, data]) mkdirSync(each, { recursive: true });
    writeFileSync(path.join(passwords, "openpanel"), PASSWORD);
    const users = [
      { name: "default", permissions: DEFAULT_PERMISSIONS, passwordKey: "openpanel" },
      { name: "openpanel", permissions: APPLICATION_PERMISSIONS, passwordKey: "openpanel" },
      // Only here: it looks behind what the application may see.
      { name: "tester", permissions: "~* &* +@all", passwordKey: "openpanel" },
    ];
    const made = spawnSync("/bin/sh", ["-c", accountsScript(users, { accounts, passwords })], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(made.stderr);
    const lines = serverConfiguration({ memory: MEMORY, stored: true, lines: QUEUE_LINES });
    // Of two lines for one thing the last counts.
    const own = `port 0\nunixsocket ${socket}\n`;
    writeFileSync(path.join(folder, "redis.conf"), redisConfiguration(lines, { data, accounts }) + own);
  }

  async function start(): Promise<void> {
    server = await servers.start({
      name: "redis",
      command: findProgram("redis-server") ?? "redis-server",
      args: [path.join(folder, "redis.conf")],
      cwd: folder,
      env: environment(),
      log: path.join(folder, "redis.log"),
      ready: () => ping().trim() === "PONG",
    });
  }

  /** What the probes of the pods do. */
  function ping(): string {
    const args = ["-s", socket, "ping"];
    return spawnSync(findProgram("redis-cli") ?? "", args, { encoding: "utf8", env: environment() }).stdout;
  }

  /** A connection as a user; without one as whoever names none. */
  async function as(user?: "openpanel" | "tester"): Promise<RedisConnection> {
    const connection = await RedisConnection.open(socket);
    connections.push(connection);
    if (user !== undefined) expect(await connection.send("AUTH", user, PASSWORD)).toBe("OK");
    return connection;
  }

  async function info(connection: RedisConnection, section: string): Promise<Readonly<Record<string, string>>> {
    const text = String(await connection.send("INFO", section));
    return Object.fromEntries([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
  }

  beforeAll(async () => {
    prepare();
    await start();
  });

  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });

  test("the accounts hold no password, and nobody else can read them", () => {
    const file = path.join(folder, "accounts", "users.acl");
    expect(readFileSync(file, "utf8")).toMatch(/^user default on #[0-9a-f]{64} nopass /);
    expect(readFileSync(file, "utf8")).not.toContain("quotes");
  });

  test("the application does what its queues and sessions need", async () => {
    const app = await as("openpanel");
    const keep = "return redis.call('SET', KEYS[1], ARGV[1])";
    const sha = String(await app.send("SCRIPT", "LOAD", keep));
    const answers = {
      SET: await app.send("SET", "session:1", "x", "PX", 60_000),
      GET: await app.send("GET", "session:1"),
      EVAL: await app.send("EVAL", keep, 1, "job", "1"),
      EVALSHA: await app.send("EVALSHA", sha, 1, "job", "2"),
      XADD: await app.send("XADD", "events", "1-1", "event", "added"),
      ZADD: await app.send("ZADD", "wait", 1, "job"),
      BZPOPMIN: await app.send("BZPOPMIN", "wait", 1),
      PUBLISH: await app.send("PUBLISH", "channel", "x"),
      "CLIENT SETNAME": await app.send("CLIENT", "SETNAME", "worker"),
      SCAN: await app.send("SCAN", 0, "COUNT", 1),
    };
    for (const [command, answer] of Object.entries(answers))
      expect({ command, answer }).not.toMatchObject({
        answer: expect.stringMatching(/^-/),
      });
    expect((await info(app, "memory")).maxmemory_policy).toBe("noeviction");
  });

  test.each([
    "CONFIG GET *",
    "CONFIG SET maxmemory 0",
    "FLUSHALL",
    "FLUSHDB",
    "SHUTDOWN NOSAVE",
    "KEYS *",
    "ACL LIST",
    "MONITOR",
    "SAVE",
    "BGREWRITEAOF",
    "REPLICAOF 127.0.0.1 1",
    "MODULE LIST",
  ])("the application may not %s", async (command) => {
    expect(await (await as("openpanel")).send(...command.split(" "))).toMatch(/^-NOPERM/);
  });

  test("who names no user may ask whether the server is there, and nothing else", async () => {
    const nobody = await as();
    expect(await nobody.send("PING")).toBe("PONG");
    for (const command of [
      ["GET", "session:1"],
      ["SET", "a", "b"],
      ["INFO"],
      ["SUBSCRIBE", "channel"],
      ["CLIENT", "LIST"],
    ]) {
      expect(await nobody.send(...command)).toMatch(/^-NOPERM/);
    }
    expect(await nobody.send("AUTH", "openpanel", "wrong")).toMatch(/^-WRONGPASS/);
    expect(ping().trim()).toBe("PONG");
  });

  test("the expiry of a key is announced to the application", async () => {
    const subscriber = await as("openpanel");
    await subscriber.send("PSUBSCRIBE", "__keyevent@0__:expired");
    await (await as("openpanel")).send("SET", "short", "x", "PX", 20);
    await until(() => subscriber.announced.length > 0, 10_000);
    expect(subscriber.announced).toEqual([["pmessage", "__keyevent@0__:expired", "__keyevent@0__:expired", "short"]]);
  });

  test("what was answered is there after the server was killed", async () => {
    const app = await as("openpanel");
    for (let number = 0; number < 100; number++) await app.send("SET", `kept:${number}`, number);
    await server.kill();
    await start();
    const again = await as("openpanel");
    for (let number = 0; number < 100; number++) expect(await again.send("GET", `kept:${number}`)).toBe(String(number));
    expect((await info(again, "persistence")).aof_enabled).toBe("1");
  });

  test("a full server refuses writes and forgets nothing, and ends below the memory of its pod while it rewrites its log", async () => {
    const [app, tester] = [await as("openpanel"), await as("tester")];
    const limit = dataMebibytes(MEMORY, true) ?? 0;
    const write = "for i = ARGV[1], ARGV[2] do redis.call('SET', 'load:' .. i, string.rep(ARGV[3], 1000)) end return 1";
    const batch = 1000;
    let written = 0;
    let peak = 0;
    const measure = () => {
      peak = Math.max(peak, memoryOf(server.pid));
    };
    for (let answer = await app.send("EVAL", write, 0, 1, batch, "a"); !String(answer).startsWith("-"); ) {
      measure();
      written += batch;
      answer = await app.send("EVAL", write, 0, written + 1, written + batch, "a");
      if (String(answer).startsWith("-")) expect(answer).toMatch(/^-OOM/);
    }
    expect(await app.send("SET", "one", "more")).toMatch(/^-OOM/);
    expect(await app.send("GET", "kept:1")).toBe("1");
    expect((await info(app, "stats")).evicted_keys).toBe("0");

    // Room to write again, then half of everything is written anew while the log is rewritten.
    for (let number = 1; number <= batch * 5; number++) await app.send("DEL", `load:${number}`);
    const rewriting = async () => (await info(tester, "persistence")).aof_rewrite_in_progress === "1";
    await until(async () => !(await rewriting()), 60_000);
    // As slow as on a busy disk, so that there is time for so many changes.
    await tester.send("CONFIG", "SET", "rdb-key-save-delay", 50);
    expect(await tester.send("BGREWRITEAOF")).toContain("started");
    const half = Math.floor(written / 2);
    let changed = 0;
    for (let start = batch * 5; changed < half && (await rewriting()); start += batch) {
      expect(await app.send("EVAL", write, 0, start + 1, start + batch, "b")).toBe(1);
      changed += batch;
      measure();
    }
    expect(changed).toBeGreaterThanOrEqual(half);
    await tester.send("CONFIG", "SET", "rdb-key-save-delay", 0);
    await until(async () => {
      measure();
      return !(await rewriting());
    }, 60_000);
    expect((await info(tester, "persistence")).aof_last_bgrewrite_status).toBe("ok");
    expect(peak).toBeGreaterThan(limit);
    expect(peak).toBeLessThan(256);
    process.stdout.write(
      `data ${limit} MiB, ${changed} of ${written} keys changed meanwhile, most memory ${Math.round(peak)} MiB\n`,
    );
  });
});

/** Memory of a process and its children in MiB, what they share counted once. */
function memoryOf(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" "),
  );
  const kibibytes = [String(pid), ...children.filter((child) => child !== "")].map((process) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${process}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // It ended meanwhile.
      return 0;
    }
  });
  return kibibytes.reduce((sum, each) => sum + each, 0) / 1024;
}
