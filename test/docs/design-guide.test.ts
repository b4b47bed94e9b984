import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { App } from "cdktf";
import type { Construct } from "constructs";
import type { Component, ComponentProps } from "../../constructs/core/component";
import { clusterStack, refusal, render, resourcesOf } from "../helpers/program";

/** The files that the walk-through shows, by the path in front of each. */
function shownFiles(): Record<string, string> {
  const guide = readFileSync(path.resolve(__dirname, "../../docs/design-guide.md"), "utf8");
  const blocks = [...guide.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```$/gm)];
  return Object.fromEntries(blocks.map((block) => [block[1] ?? "", block[2] ?? ""]));
}

const ROOT = path.resolve(__dirname, "../..");
let folder = "";

/** Lays the shown files beside the real constructs, as somebody who follows the page would. */
beforeAll(() => {
  mkdirSync(path.join(ROOT, ".cache"), { recursive: true });
  folder = mkdtempSync(path.join(ROOT, ".cache", "walk-through-"));
  mkdirSync(path.join(folder, "constructs"));
  for (const part of ["core", "kubernetes"]) {
    symlinkSync(path.join(ROOT, "constructs", part), path.join(folder, "constructs", part));
  }
  for (const [file, text] of Object.entries(shownFiles())) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type ComponentType = new (scope: Construct, id: string, props: ComponentProps) => Component;

const build = (values?: ComponentProps["values"]) => (app: App) => {
  const { KubeStateMetrics }: { KubeStateMetrics: ComponentType } = require(
    path.join(folder, "constructs/components/kube-state-metrics/index.ts"),
  );
  const { stack, target } = clusterStack(app);
  new KubeStateMetrics(stack, "kube-state-metrics", { target, replicas: 3, protection: "delete", values });
};

test("the walk-through shows every file of a component", () => {
  expect(Object.keys(shownFiles())).toEqual([
    "constructs/components/kube-state-metrics/values.generated.json",
    "constructs/components/kube-state-metrics/index.ts",
  ]);
});

test("the component of the walk-through synthesizes as it stands on the page", () => {
  const json = render(build())["l2-base-test"];
  expect(resourcesOf(json, "helm_release")).toMatchObject([
    { chart: "kube-state-metrics", version: "5.30.1", wait: true },
  ]);
  expect(resourcesOf(json, "kubernetes_namespace_v1")).toHaveLength(1);
});

test("a misspelt value in it is refused, as the page says", () => {
  expect(refusal(build({ replica: 2 }))).toContain("chart kube-state-metrics 5.30.1 has no value replica");
});
