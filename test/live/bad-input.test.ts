import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { removeFolders, temporaryFolder } from "../sandbox/support";
import { runningBelow } from "./support/processes";
import { until } from "./support/until";

jest.setTimeout(5 * 60_000);
afterAll(removeFolders);

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The command as a user runs it, on the small example. */
function start(
  folder: string,
  env: Record<string, string> = {},
  ...args: string[]
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(
    process.execPath,
    ["sandbox/bin.mjs", "--live", "--config", "examples/minimal", "--folder", folder, ...args],
    {
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", NO_COLOR: "1", CI: "true", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, output }))) };
}

/** Nothing of a sandbox may run once it has ended; what is told to end may take a moment. */
async function nothingRunsIn(folder: string): Promise<void> {
  await until(() => runningBelow(folder).length === 0, 15_000).catch(() => undefined);
  expect(runningBelow(folder)).toEqual([]);
}

function clusterRecord(folder: string): { port: number } | undefined {
  const stacks = path.join(folder, "state", "l1-cluster-platform.tfstate");
  const text = existsSync(stacks) ? readFileSync(stacks, "utf8") : "";
  const config = /"kube_config": "([^"]+)"/.exec(text)?.[1];
  const port = /server: https:\/\/127\.0\.0\.1:(\d+)/.exec(Buffer.from(config ?? "", "base64").toString())?.[1];
  return port === undefined ? undefined : { port: Number(port) };
}

test("without the tools it says how to build them, and starts nothing", async () => {
  const folder = path.join(temporaryFolder(), "sandbox");
  const tools = temporaryFolder();
  const { code, output } = await start(folder, { STRATA_TOOLS_DIR: tools }).ended;
  expect(output).toMatch(/Not built, or built from other pins: etcd, .*\nBuild what is missing: npm run sandbox:tools/);
  expect(code).toBe(1);
  expect(existsSync(path.join(folder, "cdktf.out"))).toBe(false);
});

test("a tool that was not finished does not count as built", async () => {
  const tools = temporaryFolder();
  // A program without its stamp is what a build that was killed leaves.
  writeFileSync(path.join(tools, "etcd"), "#!/bin/sh\n", { mode: 0o755 });
  const { code, output } = await start(path.join(temporaryFolder(), "sandbox"), { STRATA_TOOLS_DIR: tools }).ended;
  expect(output).toContain("Not built, or built from other pins: etcd");
  expect(code).toBe(1);
});

test("flags of the live sandbox are refused without it", async () => {
  const child = spawn(process.execPath, ["sandbox/bin.mjs", "--keep"], { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(1);
  expect(errors).toContain("--keep is for --live");
});

test("a cluster that does not come up ends the run with the end of its log, and with no process", async () => {
  const folder = path.join(temporaryFolder(), "sandbox");
  const broken = path.join(temporaryFolder(), "etcd");
  writeFileSync(broken, "#!/bin/sh\necho 'etcd has no disk' >&2\nexit 3\n", { mode: 0o755 });
  const { code, output } = await start(folder, { STRATA_TOOL_ETCD: broken }).ended;
  expect(output).toContain("l1-cluster-platform:");
  expect(output).toContain("etcd has no disk");
  expect(output).not.toMatch(/\n\s+at .*\.(ts|cjs):\d+/);
  expect(code).toBe(1);
  await nothingRunsIn(folder);
});

describe("a sandbox that was killed", () => {
  const folder = path.join(temporaryFolder(), "sandbox");

  test("leaves no process behind", async () => {
    const { child, ended } = start(folder);
    await until(() => clusterRecord(folder) !== undefined, 120_000);
    child.kill("SIGKILL");
    await ended;
    await nothingRunsIn(folder);
  });

  test("says which port it needs when another program has it by now", async () => {
    const port = clusterRecord(folder)?.port ?? 0;
    const other = createServer().listen(port, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { code, output } = await start(folder).ended;
    other.close();
    expect(output).toContain(String(port));
    expect(code).toBe(1);
    await nothingRunsIn(folder);
  });

  test("is taken over, with its lock and its cluster, and destroyed", async () => {
    expect(existsSync(path.join(folder, "lock"))).toBe(false);
    mkdirSync(folder, { recursive: true });
    // The lock of a process that is gone.
    writeFileSync(path.join(folder, "lock"), "999999\n");
    const { code, output } = await start(folder, {}, "--destroy").ended;
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining("Nothing is left") });
    await nothingRunsIn(folder);
  });
});
