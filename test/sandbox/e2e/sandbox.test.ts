import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startProviders } from "../../../sandbox/providers";
import { runCdktf } from "../../../sandbox/run/cdktf";
import { sandboxPaths } from "../../../sandbox/run/paths";
import type { Report } from "../../../sandbox/run/report";
import { readState } from "../../../sandbox/run/states";
import { openTerraform } from "../../../sandbox/run/terraform";
import { describeWithTerraform, removeFolders, temporaryFolder } from "../support";

jest.setTimeout(180_000);

// Not the folder that a developer uses.
const paths = sandboxPaths(path.join(temporaryFolder(), "sandbox"));
const BIN = path.join(paths.root, "sandbox", "bin.mjs");

/** A dead proxy: whatever leaves the machine fails. */
const ENV = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NO_COLOR: "1",
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  https_proxy: "http://127.0.0.1:9",
};

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BIN, "--folder", paths.folder, ...args], {
    cwd: paths.root,
    env: ENV,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => (output += data.toString()));
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, output }))) };
}

async function sandbox(...args: string[]): Promise<Ended> {
  return start(...args).ended;
}

async function report(...args: string[]): Promise<Report> {
  const file = path.join(temporaryFolder(), "report.json");
  const { code, output } = await sandbox("--json", file, ...args);
  if (code !== 0) throw new Error(output);
  return JSON.parse(readFileSync(file, "utf8")) as Report;
}

function sum(stacks: Report["stacks"], field: "created" | "changed" | "destroyed"): number {
  return stacks.reduce((total, each) => total + each[field], 0);
}

/** Processes of a sandbox that still run: Terraform and cdktf, by the folder that they work in. */
function leftovers(): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "stat=,args="], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => !line.startsWith("Z") && line.includes(`${paths.folder}/`));
}

describeWithTerraform("npm run sandbox with the example organisation", () => {
  afterAll(removeFolders);

  let deployed: Report;

  test("deploys 18 stacks, with a second plan that is empty", async () => {
    deployed = await report();
    expect(deployed.stacks).toHaveLength(18);
    expect(deployed.stacks.every(({ created }) => created > 0)).toBe(true);
    expect(deployed.replan).toEqual({ changes: 0 });
  });

  test("reports hosts with their class, the list price, and versions as pinned and as tested", () => {
    expect(new Set(deployed.hosts.map(({ class: kind }) => kind))).toEqual(
      new Set(["public", "machine", "gated", "denied"]),
    );
    expect(deployed.monthlyCostUsd).toBeGreaterThan(0);
    for (const { pinned, tested } of Object.values(deployed.engine.providers)) expect(pinned).toBe(tested);
  });

  test("changes nothing the second time", async () => {
    const { stacks } = await report();
    expect([sum(stacks, "created"), sum(stacks, "changed"), sum(stacks, "destroyed")]).toEqual([0, 0, 0]);
  });

  test("protects what holds data: cdktf destroy is refused as long as synth keeps the protection", async () => {
    const providers = await startProviders({ stateDir: paths.state });
    const { env, processes } = openTerraform({ providers, folder: paths.folder });
    const refused = await runCdktf({ action: "destroy", paths, processes, env }).then(
      () => "",
      (error: Error) => error.message,
    );
    await processes.sweep();
    providers.stop();
    expect(refused).toContain("Instance cannot be destroyed");
    expect(refused).toContain("prevent_destroy");
    const kept = deployed.stacks.filter(({ id }) => readState(paths.state, id).size > 0);
    expect(kept.length).toBeGreaterThan(5);
  });

  test("puts back what the refused destroy took, then destroys everything and leaves nothing", async () => {
    await report();
    const { stacks } = await report("--destroy");
    expect(sum(stacks, "destroyed")).toBe(sum(deployed.stacks, "created"));
    expect(existsSync(paths.state)).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  test("Ctrl-C in the middle of a deployment leaves no process, and the next run goes on", async () => {
    const { child, ended } = start();
    // In the middle: some stacks are in their state, and some are not.
    while (deployed.stacks.filter(({ id }) => (sizeOf(id) ?? 0) > 0).length < 3) await sleep(50);
    child.kill("SIGINT");
    const { code, output } = await ended;
    expect({ code, output }).toMatchObject({ code: 130, output: expect.stringContaining("Nothing is left running") });
    expect(leftovers()).toEqual([]);
    const { stacks, replan } = await report();
    expect(replan.changes).toBe(0);
    expect(sum(stacks, "created")).toBeLessThan(sum(deployed.stacks, "created"));
  });

  test("two sandboxes do not work in one folder", async () => {
    const { child, ended } = start();
    while (!existsSync(paths.lock)) await sleep(20);
    const second = await sandbox();
    child.kill("SIGINT");
    await ended;
    expect(second.code).toBe(1);
    expect(second.output).toMatch(/Another sandbox \(process \d+\) works in/);
  });

  test("an interrupted destroy goes on with the next one", async () => {
    const { child, ended } = start("--destroy");
    while (!deployed.stacks.some(({ id }) => sizeOf(id) === 0)) await sleep(50);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(130);
    expect(leftovers()).toEqual([]);
    await report("--destroy");
    expect(existsSync(paths.state)).toBe(false);
  });

  test("deploys the minimal example too", async () => {
    const { stacks, replan } = await report("--config", "examples/minimal");
    expect(stacks.length).toBeGreaterThan(5);
    expect(replan.changes).toBe(0);
    await report("--config", "examples/minimal", "--destroy");
  });
});

/** Resources in a state that Terraform may be writing just now. */
function sizeOf(id: string): number | undefined {
  try {
    return readState(paths.state, id).size;
  } catch {
    return undefined;
  }
}
