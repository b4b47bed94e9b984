import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildSync } from "esbuild";
import { Servers } from "../../../sandbox/live/servers";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "strata-servers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Renamed into place: a file that is there has been written whole. */
const SERVING = `const { renameSync, writeFileSync } = require("fs"); writeFileSync("coming", String(process.pid)); renameSync("coming", "up"); setInterval(() => {}, 1000);`;

function options(script: string) {
  return {
    name: "test server",
    command: process.execPath,
    args: ["-e", script],
    cwd: folder,
    env: { MARK: "given" },
    log: path.join(folder, "logs", "server.log"),
    ready: () => existsSync(path.join(folder, "up")),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a server is started, has only the environment that it was given, and ends in order", async () => {
  const script = `console.log(JSON.stringify(process.env)); process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); ${SERVING}`;
  const servers = new Servers();
  const server = await servers.start(options(script));
  expect(server.pid).toBe(Number(readFileSync(path.join(folder, "up"), "utf8")));
  await servers.stop();
  expect(server.running).toBe(false);
  expect(isAlive(server.pid)).toBe(false);
  const log = readFileSync(path.join(folder, "logs", "server.log"), "utf8");
  expect(log).toContain(`"MARK":"given"`);
  expect(log).not.toContain("HOME");
  expect(log).toContain("bye");
});

test("a server that ends at once is told with the end of its log", async () => {
  const start = new Servers().start(options(`console.error("address already in use"); process.exit(3)`));
  await expect(start).rejects.toThrow(/^test server ended as soon as it was started[\s\S]*address already in use$/);
});

test("a server that does not become ready is ended", async () => {
  const hanging = { ...options(`${SERVING} console.log("waiting")`), ready: () => false, readyWithinMs: 400 };
  await expect(new Servers().start(hanging)).rejects.toThrow(/was not ready after 0.4 s[\s\S]*waiting/);
  expect(isAlive(Number(readFileSync(path.join(folder, "up"), "utf8")))).toBe(false);
});

test("a server that ignores the polite signal is ended by force", async () => {
  const deaf = { ...options(`process.on("SIGTERM", () => {}); ${SERVING}`), graceMs: 200 };
  const server = await new Servers().start(deaf);
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
});

test("a server ends when whoever started it is killed", async () => {
  const module = path.join(folder, "servers.cjs");
  const entry = path.resolve("sandbox/live/servers/index.ts");
  buildSync({ entryPoints: [entry], outfile: module, bundle: true, platform: "node", format: "cjs" });
  const program = path.join(folder, "owner.cjs");
  const given = JSON.stringify({ ...options(SERVING), ready: undefined });
  writeFileSync(
    program,
    `const { Servers } = require(${JSON.stringify(module)});
     new Servers().start({ ...${given}, ready: () => require("fs").existsSync("up") }).then(() => console.log("ready"));`,
  );
  const owner = spawn(process.execPath, [program], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => owner.stdout.once("data", resolve));
  const pid = Number(readFileSync(path.join(folder, "up"), "utf8"));
  expect(isAlive(pid)).toBe(true);
  owner.kill("SIGKILL");
  for (let tries = 0; tries < 100 && isAlive(pid); tries++) await sleep(50);
  expect(isAlive(pid)).toBe(false);
  // The watcher has gone too.
  await sleep(100);
  expect(spawnSync("pgrep", ["-f", folder], { encoding: "utf8" }).stdout.trim()).toBe("");
});
