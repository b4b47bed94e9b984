import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "./support/session";

const text = readFileSync(path.join(ROOT, ".github/workflows/ci.yml"), "utf8");
const step = z.object({ uses: z.string().optional(), run: z.string().optional() });
const workflow = z
  .object({
    permissions: z.record(z.string(), z.string()),
    jobs: z.record(z.string(), z.object({ steps: z.array(step) })),
  })
  .parse(parse(text));
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

it("every action of the public CI is pinned by commit, with its version beside it", () => {
  const uses = text.split("\n").filter((line) => line.includes("uses:"));
  expect(uses.length).toBe(steps.filter((one) => one.uses !== undefined).length);
  for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

it("the public CI may read and nothing else, and uses no secret", () => {
  expect(workflow.permissions).toEqual({ contents: "read" });
  expect(text).not.toContain("secrets.");
});

it("the public CI runs scripts of package.json only", () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")));
  const run = steps.flatMap((one) => one.run?.trim().split("\n") ?? []).filter((line) => !line.startsWith("npm ci"));
  expect(run.length).toBeGreaterThan(5);
  for (const line of run) {
    const [, script = ""] = /^npm (?:run )?([\w:]+)/.exec(line.trim()) ?? [];
    expect(Object.keys(scripts)).toContain(script);
  }
});
