import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, Interrupted } from "../../../sandbox/run/failure";
import { type SandboxPaths, sandboxPaths } from "../../../sandbox/run/paths";
import { Processes, terraformProcesses } from "../../../sandbox/run/processes";
import { deploy, destroy } from "../../../sandbox/run/sandbox";
import type { SandboxOptions } from "../../../sandbox/run/session";
import { simulatedEngine } from "../../../sandbox/run/simulated-engine";
import { lockFileOf, readState } from "../../../sandbox/run/states";
import { openTerminal } from "../../../sandbox/run/terminal";
import { findTerraform } from "../../../sandbox/run/terraform-binary";
import { type FixtureOptions, writeFixture } from "../fixture";
import { describeWithTerraform, type Json, removeFolders, temporaryFolder } from "../support";

jest.setTimeout(120_000);

/** A run of the sandbox on a program that the test writes. */
interface Run extends SandboxOptions {
  readonly printed: string[];
}

function run(paths: SandboxPaths, fixture: FixtureOptions = {}, processes = new Processes(paths.pids)): Run {
  const found = findTerraform(paths.tools);
  if (typeof found === "string") throw new Error(found);
  const printed: string[] = [];
  return {
    paths,
    processes,
    printed,
    terraform: found,
    terminal: { ...openTerminal(), live: false, line: (text = "") => void printed.push(text), write: () => undefined },
    startEngine: () => simulatedEngine({ stateDir: paths.state }),
    synthesize: async (allowDestroy) => writeFixture(paths.out, { allowDestroy, ...fixture }),
  };
}

async function failureOf(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw error ?? new Error("It should have failed.");
  return error.message;
}

describeWithTerraform("a run of the sandbox, with the real cdktf and Terraform", () => {
  let paths: SandboxPaths;

  beforeEach(() => {
    paths = sandboxPaths(temporaryFolder());
  });
  afterAll(removeFolders);

  test("deploys, plans again without a change, changes nothing the second time, and destroys all", async () => {
    const first = await deploy(run(paths));
    expect(first.report.stacks.map(({ id, created }) => [id, created])).toEqual([
      ["l1-edge-acme", 1],
      ["l1-cluster-platform", 1],
      ["l2-base-platform", 1],
      ["l4-apps-staging", 6],
    ]);
    expect(first.report).toMatchObject({
      schemaVersion: 1,
      mode: "simulated",
      replan: { changes: 0 },
      monthlyCostUsd: 50,
    });
    expect(first.report.engine.providers["vultr/vultr"]).toEqual({ pinned: "2.32.0", tested: "2.32.0" });
    expect(first.report.stacks.every(({ seconds }) => seconds > 0)).toBe(true);

    const second = await deploy(run(paths));
    expect(second.report.stacks.every((each) => each.created + each.changed + each.destroyed === 0)).toBe(true);

    const last = await destroy(run(paths));
    expect(last.report.stacks.reduce((sum, { destroyed }) => sum + destroyed, 0)).toBe(9);
    expect(existsSync(paths.state)).toBe(false);
  });

  test("shows Terraform's own message when a stack fails, and goes on from there once it is put right", async () => {
    const wrong = (stacks: Record<string, Json>): void => {
      const base = stacks["l2-base-platform"] as { resource: Json };
      base.resource = {};
      delete (base as Json).resource;
    };
    const message = await failureOf(deploy(run(paths, { change: wrong })));
    expect(message).toContain("l4-apps-staging:");
    expect(message).toContain('namespaces "apps" not found');
    expect(message).toContain(path.join(paths.logs, "deploy.log"));
    expect(terraformProcesses(paths.pids)).toEqual([]);
    expect(readState(paths.state, "l1-cluster-platform").size).toBe(1);
    const after = await deploy(run(paths));
    expect(after.report.stacks.map(({ created }) => created)).toEqual([0, 0, 1, 6]);
  });

  test("a second plan that is not empty is an error that shows the change", async () => {
    await deploy(run(paths));
    const otherPlan = (stacks: Record<string, Json>): void => {
      const json = JSON.stringify(stacks["l1-cluster-platform"]);
      stacks["l1-cluster-platform"] = JSON.parse(json.replace("vc2-2c-4gb", "vc2-4c-8gb")) as Json;
    };
    const message = await failureOf(deploy(run(paths, { change: otherPlan })));
    expect(message).toContain("A second plan is not empty");
    expect(message).toContain('"vc2-2c-4gb" -> "vc2-4c-8gb"');
  });

  test("protected resources are not destroyed unless synth took the protection off", async () => {
    await deploy(run(paths));
    const message = await failureOf(destroy(run(paths, { allowDestroy: false })));
    expect(message).toContain("l1-cluster-platform:");
    expect(message).toContain("Instance cannot be destroyed");
    expect(readState(paths.state, "l1-cluster-platform").size).toBe(1);
    await destroy(run(paths));
    expect(existsSync(paths.state)).toBe(false);
  });

  test("an interrupted run leaves no process, and the next one goes on", async () => {
    const processes = new Processes(paths.pids);
    const started = deploy(run(paths, { size: 40 }, processes)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    while (
      !existsSync(lockFileOf(paths.state, "l4-apps-staging")) &&
      !existsSync(lockFileOf(paths.state, "l1-cluster-platform"))
    ) {
      await sleep(20);
    }
    const running = terraformProcesses(paths.pids);
    expect(running.length).toBeGreaterThan(0);
    await processes.stop();
    expect(await started).toBeInstanceOf(Interrupted);
    const noted = path.join(paths.folder, "noted.pids");
    writeFileSync(noted, running.join("\n"));
    expect(terraformProcesses(noted)).toEqual([]);
    expect(readdirSync(paths.folder)).not.toContain("terraform.pids");
    // What a run that is ended by force leaves must not block either.
    writeFileSync(lockFileOf(paths.state, "l1-edge-acme"), "{}");
    const after = await deploy(run(paths, { size: 40 }));
    expect(readState(paths.state, "l4-apps-staging").size).toBe(40);
    expect(after.report.replan.changes).toBe(0);
  });

  test.each<[string, (stacks: Record<string, Json>) => void, string]>([
    [
      "a remote backend",
      (s) => setBackend(s, { s3: { bucket: "real" } }),
      "l1-edge-acme: has the backend s3 instead of local",
    ],
    ["no backend", (s) => setBackend(s, undefined), "l1-edge-acme: has the backend (none) instead of local"],
    ["a state elsewhere", (s) => setBackend(s, { local: { path: "/tmp/x.tfstate" } }), "keeps its state outside"],
    ["HCP Terraform", (s) => Object.assign(s["l1-edge-acme"]?.terraform as Json, { cloud: {} }), "has a cloud block"],
    [
      "a remote state that it reads",
      (s) =>
        Object.assign(s["l1-edge-acme"] as Json, {
          data: { terraform_remote_state: { x: { backend: "s3", config: {} } } },
        }),
      "reads the state x from the backend s3",
    ],
  ])("a program with %s is refused before anything runs", async (_, change, text) => {
    expect(await failureOf(deploy(run(paths, { change })))).toContain(text);
    expect(existsSync(paths.logs)).toBe(false);
  });
});

function setBackend(stacks: Record<string, Json>, backend: Json | undefined): void {
  Object.assign(stacks["l1-edge-acme"]?.terraform as Json, { backend });
}
