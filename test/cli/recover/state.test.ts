import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ExaminedState, examineState, move, taint } from "../../../cli/terraform/state";
import { describeWithTerraform, removeFolders } from "../../sandbox/support";
import { temporaryFolder } from "../support/session";

const STACK = "l1-x";
const env = { PATH: process.env.PATH, CHECKPOINT_DISABLE: "1" };

/** A stack with a local backend that is applied by hand. */
function stack(resource: object = {}) {
  const root = temporaryFolder();
  const out = path.join(root, "cdktf.out");
  const folder = path.join(out, "stacks", STACK);
  const state = path.join(root, "state", `${STACK}.tfstate`);
  mkdirSync(folder, { recursive: true });
  mkdirSync(path.dirname(state));
  const terraform = { backend: { local: { path: `../../../state/${STACK}.tfstate` } } };
  const output = { name: { value: "value" }, secret: { value: "hidden", sensitive: true } };
  writeFileSync(path.join(folder, "cdk.tf.json"), JSON.stringify({ terraform, resource, output }));
  const run = (...args: string[]) => {
    const child = spawn("terraform", args, { cwd: folder, env, stdio: "ignore", detached: true });
    return { child, ended: new Promise((resolve) => child.on("close", resolve)) };
  };
  return { out, folder, state, run, examine: () => examineState(out, STACK, env) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

jest.setTimeout(60_000);

describeWithTerraform("the state of a stack, by the real Terraform", () => {
  afterAll(removeFolders);

  test("is empty before the first apply, and stays so", async () => {
    const { examine, state } = stack();
    expect(await examine()).toEqual({ state: { outputs: new Map(), objects: [] } });
    expect(existsSync(state)).toBe(false);
  });

  test("tells objects, outputs and what is tainted", async () => {
    const { run, examine } = stack({ terraform_data: { a: { input: "x" }, b: {} } });
    await run("init").ended;
    await run("apply", "-auto-approve").ended;
    await run("taint", "terraform_data.b").ended;
    const { state, lock }: ExaminedState = await examine();
    expect(lock).toBeUndefined();
    expect(Object.fromEntries(state.outputs)).toEqual({ name: "value", secret: "hidden" });
    expect(state.objects).toMatchObject([
      { type: "terraform_data", address: "terraform_data.a", tainted: false, attributes: { input: { value: "x" } } },
      { address: "terraform_data.b", alias: "", tainted: true, deposed: false },
    ]);
  });

  test("is locked while Terraform works on it, and free again when that was killed", async () => {
    const provisioner = [{ "local-exec": { command: "sleep 60" } }];
    const { run, examine, state } = stack({ terraform_data: { a: { provisioner } } });
    await run("init").ended;
    const apply = run("apply", "-auto-approve");
    const lockFile = path.join(path.dirname(state), `.${path.basename(state)}.lock.info`);
    await until(() => existsSync(lockFile));
    const { lock } = await examine();
    expect(lock).toMatchObject({ operation: "OperationTypeApply", id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(lock?.who).toContain("@");
    // With all that it started.
    process.kill(-Number(apply.child.pid), "SIGKILL");
    await apply.ended;
    expect(existsSync(lockFile)).toBe(true);
    expect((await examine()).lock).toBeUndefined();
  });

  test("takes a mark for an object, and another address", async () => {
    const { run, examine, out } = stack({ terraform_data: { a: {}, b: {} } });
    await run("init").ended;
    await run("apply", "-auto-approve").ended;
    await taint(out, STACK, "terraform_data.a", env);
    await move(out, STACK, "terraform_data.b", "terraform_data.c", env);
    expect((await examine()).state.objects).toMatchObject([
      { address: "terraform_data.a", tainted: true },
      { address: "terraform_data.c", tainted: false },
    ]);
  });

  test("that Terraform was killed over is told, with what to do", async () => {
    const { examine, state } = stack();
    writeFileSync(state, '{"version": 4, "resources": [{"mo');
    await expect(examine()).rejects.toThrow(
      "is cut off: Terraform was killed while it wrote it. Put back the copy beside it",
    );
  });
});
