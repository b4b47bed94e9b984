import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ProcessWatch, recordedBy, terraformRecorder } from "./process-watch";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "strata-canary-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const named = (records: readonly { name: string; content: Buffer }[], name: string): string[] =>
  records.filter((record) => record.name === name).map(({ content }) => content.toString());

test("what is named as Terraform notes what it is started with, and is the real one", () => {
  const recorder = terraformRecorder(path.join(folder, "with 'quotes'"), "/bin/echo");
  const env = { PATH: process.env.PATH, TOKEN: "a=b c" };
  const { stdout } = spawnSync(recorder, ["plan", "-var=x y"], { encoding: "utf8", env });
  expect(stdout).toBe("plan -var=x y\n");
  spawnSync(recorder, ["show"], { env });
  const records = recordedBy(path.dirname(recorder));
  expect(named(records, "arguments of terraform").sort()).toEqual(["terraform\0plan\0-var=x y\0", "terraform\0show\0"]);
  expect(named(records, "environment of terraform#TOKEN")).toEqual(["a=b c", "a=b c"]);
});

(ProcessWatch.works ? test : test.skip)("a process that works below the folder is seen while it runs", async () => {
  const watch = new ProcessWatch(folder);
  const env = { PATH: process.env.PATH, HOME: folder, TOKEN: "secret" };
  const child = spawn("sleep", ["60"], { env, stdio: "ignore" });
  try {
    while (named(watch.records(), "environment of sleep#TOKEN").length === 0) await pause(20);
    expect(named(watch.records(), "environment of sleep#TOKEN")).toEqual(["secret"]);
    expect(named(watch.records(), "arguments of sleep")).toEqual(["sleep\x0060\0"]);
  } finally {
    child.kill();
    watch.stop();
  }
});
