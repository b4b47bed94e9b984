import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repositoryRoot } from "../../../sandbox/root";
import { TOOLS } from "../../../sandbox/tools/catalogue";
import { removeFolders } from "../support";
import { FakeTools } from "./support";

jest.setTimeout(60_000);
afterAll(removeFolders);

const BIN = path.join(repositoryRoot(), "sandbox", "tools", "bin.mjs");

function command(fake: FakeTools, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8", env: fake.env });
}

describe("npm run sandbox:tools", () => {
  test("has a help text that names every flag", () => {
    const { status, stdout } = command(new FakeTools(), "--help");
    expect(status).toBe(0);
    for (const flag of ["--only", "--list", "--json", "--jobs", "--clean-go-cache", "STRATA_TOOL_"])
      expect(stdout).toContain(flag);
  });

  test("lists the tools and what production pins, and builds nothing", () => {
    const fake = new FakeTools();
    const { status, stdout } = command(fake, "--list");
    expect(status).toBe(0);
    for (const { name } of TOOLS) expect(stdout).toContain(name);
    expect(stdout).toMatch(/traefik +chart traefik 41\.3\.0 +v3\.7\.11 +v3\.7\.9/);
    expect(existsSync(fake.cache.folder)).toBe(false);
  });

  test("writes a report that a program can read", () => {
    const { status, stdout, stderr } = command(new FakeTools(), "--only", "etcd", "--json");
    expect(status).toBe(0);
    expect(stderr).toContain("✓ etcd");
    const report = JSON.parse(stdout) as { tools: unknown[]; sizes: { tools: number } };
    expect(report.tools).toEqual([expect.objectContaining({ name: "etcd", version: "v3.6.16", source: "built" })]);
    expect(report.sizes.tools).toBeGreaterThan(0);
  });

  test("ends with one clear message when something fails", () => {
    for (const [fake, args, text] of [
      [new FakeTools({ failing: "cmd/kwok" }), ["--only", "kwok"], "Not built: kwok."],
      [new FakeTools({ version: "go1.20" }), ["--only", "kwok"], "Get it from https://go.dev/doc/install"],
      [new FakeTools(), ["--only", "kwak"], "There is no tool kwak."],
      [new FakeTools(), ["--jobs", "0"], "a number of at least 1"],
    ] as const) {
      const { status, stderr } = command(fake, ...args);
      expect(status).toBe(1);
      expect(stderr).toContain(text);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  test.each(["SIGINT", "SIGTERM"] as const)("leaves no process and no half-built binary after %s", async (signal) => {
    const fake = new FakeTools({ hanging: true });
    const child = spawn(process.execPath, [BIN, "--only", "etcd"], { env: fake.env, stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    while (!existsSync(fake.file("child")) || readFileSync(fake.file("child"), "utf8") === "") await sleep(30);
    const compiler = Number(readFileSync(fake.file("child"), "utf8"));
    expect(isAlive(compiler)).toBe(true);
    child.kill(signal);
    expect(await ended).toBe(130);
    expect(isAlive(compiler)).toBe(false);
    expect(readdirSync(fake.cache.folder)).toEqual([]);
  });

  test("goes on after a build that was killed", async () => {
    const fake = new FakeTools({ hanging: true });
    const child = spawn(process.execPath, [BIN, "--only", "etcd"], { env: fake.env, stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    while (!existsSync(fake.file("child")) || readFileSync(fake.file("child"), "utf8") === "") await sleep(30);
    child.kill("SIGKILL");
    await ended;
    process.kill(Number(readFileSync(fake.file("child"), "utf8")));
    fake.installGo({});
    expect(command(fake, "--only", "etcd").status).toBe(0);
    expect(readdirSync(fake.cache.folder).sort()).toEqual(["etcd", "etcd.json"]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A dead process that nobody has collected yet is no process.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
