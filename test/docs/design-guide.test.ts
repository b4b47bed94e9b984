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
  const { MetricsServer }: { MetricsServer: ComponentType } = require(
    path.join(folder, "constructs/components/metrics-server/index.ts"),
  );
  const { stack, target } = clusterStack(app);
  new MetricsServer(stack, "metrics-server", { target, replicas: 3, protection: "delete", values });
};

test("the walk-through shows every file of a component", () => {
  expect(Object.keys(shownFiles())).toEqual([
    "constructs/components/metrics-server/values.generated.json",
    "constructs/components/metrics-server/index.ts",
  ]);
});

test("the component of the walk-through synthesizes as it stands on the page", () => {
  const json = render(build())["l2-base-test"];
  expect(resourcesOf(json, "helm_release")).toMatchObject([{ chart: "metrics-server", version: "3.13.0", wait: true }]);
  expect(resourcesOf(json, "kubernetes_namespace_v1")).toHaveLength(1);
});

test("a misspelt value in it is refused, as the page says", () => {
  expect(refusal(build({ replica: 2 }))).toContain("chart metrics-server 3.13.0 has no value replica");
});
