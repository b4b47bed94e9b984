import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "cdktf";
import { type Issue, StrataError } from "../../constructs/core/errors";
import type { JsonObject } from "../../constructs/core/json";
import { LayerStack } from "../../constructs/core/layer-stack";
import { renderProgram } from "../../constructs/core/synth";
import { ClusterTarget } from "../../constructs/kubernetes/cluster-target";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An app that writes into a folder of its own, removed after the tests. */
export function testApp(): App {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-test-"));
  folders.push(folder);
  return new App({ outdir: path.join(folder, "out"), stackTraces: false });
}

/** Builds a program and renders it as synth does: prepared, validated as a whole, every stack by id. */
export function render(build: (app: App) => void, complete = true): Record<string, JsonObject> {
  const app = testApp();
  build(app);
  return Object.fromEntries(renderProgram(app, { complete }).map((stack) => [stack.id, stack.json]));
}

/** The issues with which a program is refused. Fails when it is not refused. */
export function refusals(build: (app: App) => void, complete = true): readonly Issue[] {
  try {
    render(build, complete);
  } catch (error) {
    if (error instanceof StrataError) return error.issues;
    throw error;
  }
  throw new Error("the program was not refused");
}

/** The one problem with which a program is refused, as `path: problem`. */
export function refusal(build: (app: App) => void): string {
  const issues = refusals(build);
  if (issues.length !== 1) throw new Error(`expected one refusal, got:\n${issues.map((i) => i.problem).join("\n")}`);
  return issues.map((issue) => `${issue.where}: ${issue.problem}${issue.fix === "" ? "" : `. ${issue.fix}`}`).join("");
}

/** A stack on a cluster called `test`, with its target. */
export function clusterStack(app: App, id = "l2-base-test", allowDestroy = false) {
  const stack = new LayerStack(app, id, { layer: 2, backend: { type: "local" }, allowDestroy });
  return { stack, target: new ClusterTarget(stack, "test", { id: "l1-cluster-test", backend: { type: "local" } }) };
}

/** The blocks of one resource type in a rendered stack. */
export function resourcesOf(json: JsonObject | undefined, type: string): JsonObject[] {
  const section = json?.resource;
  const types = section as Record<string, Record<string, JsonObject>> | undefined;
  return Object.values(types?.[type] ?? {});
}
