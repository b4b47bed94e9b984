import { execFileSync } from "node:child_process";
import path from "node:path";
import * as catalogue from "../../../constructs/components";
import { checkValues } from "../../../constructs/kubernetes/value-paths";
import { COMPONENT_NAMES } from "../../../schema/model";

const TOOL = path.join(__dirname, "../../../tools/generate-value-paths.mjs");

test("every committed list is sorted and of the chart and version that its component pins", () => {
  expect(() => execFileSync(process.execPath, [TOOL, "--check"], { stdio: "pipe" })).not.toThrow();
});

test("the catalogue has a class for each component of the configuration", () => {
  const names = Object.values(catalogue).flatMap((one) =>
    typeof one === "function" && "NAME" in one && typeof one.NAME === "string" ? [one.NAME] : [],
  );
  expect(names.sort()).toEqual([...COMPONENT_NAMES].sort());
});

describe("a path of a chart", () => {
  const known = { chart: "demo", version: "1.2.3", paths: ["annotations.*", "image.tag", "ports.*.port"] };
  const problems = (values: Parameters<typeof checkValues>[0]) => checkValues(values, known).map((one) => one.problem);

  test("may have a key of any name in the middle, and only known ones below it", () => {
    expect(problems({ ports: { edge: { port: 1 } } })).toEqual([]);
    expect(problems({ ports: { edge: { prot: 1 } } })).toEqual(["chart demo 1.2.3 has no value ports.edge.prot"]);
  });

  test("may be taken away as a branch", () => {
    expect(problems({ ports: { web: null }, image: null })).toEqual([]);
    expect(problems({ prots: null })).toEqual(["chart demo 1.2.3 has no value prots"]);
  });
});
