import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { z } from "zod";
import { orderGroups } from "../../../cli/atlantis/order";
import { renderRepoConfig } from "../../../cli/atlantis/repo-config";
import { writeProgram } from "../support/program";
import { strata } from "../support/session";

const stacks = {
  "l1-network-platform": [],
  "l1-cluster-platform": ["l1-network-platform"],
  "l1-edge-acme-example": [],
  "l2-base-platform": ["l1-cluster-platform"],
  "l3-data-staging": ["l2-base-platform", "l1-cluster-platform"],
  "l4-apps-staging": ["l3-data-staging", "l1-edge-acme-example"],
  "l4-tools-staging": ["l3-data-staging"],
};

const config = z.object({
  allowed_regexp_prefixes: z.array(z.string()),
  projects: z.array(
    z.object({
      name: z.string(),
      dir: z.string(),
      execution_order_group: z.number(),
      depends_on: z.array(z.string()).default([]),
    }),
  ),
});

async function atlantis(program: Readonly<Record<string, readonly string[]>>, args: readonly string[] = []) {
  const folder = writeProgram({ stacks: program });
  const cwd = path.dirname(folder);
  return { cwd, file: path.join(cwd, "atlantis.yaml"), ...(await strata(["atlantis", ...args], { cwd })) };
}

describe("strata atlantis", () => {
  it("writes one project for each stack, in the order of their dependencies", async () => {
    const { code, file } = await atlantis(stacks);
    expect(code).toBe(0);
    expect(readFileSync(file, "utf8")).toMatchSnapshot();
  });

  it("says so when it is current, writes the same bytes, and checks", async () => {
    const { cwd, file } = await atlantis(stacks);
    const before = readFileSync(file, "utf8");
    expect((await strata(["atlantis"], { cwd })).out).toContain("7 projects, current");
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(await strata(["atlantis", "--check"], { cwd })).toMatchObject({ code: 0 });
    writeFileSync(file, before.replace("l1-edge", "l1-other"));
    const stale = await strata(["atlantis", "--check"], { cwd });
    expect(stale).toMatchObject({ code: 1 });
    expect(stale.err).toContain("is not current. Run `npx strata atlantis`");
    expect(readFileSync(file, "utf8")).toContain("l1-other");
  });

  it("lets a pattern take all applications together and nothing else", async () => {
    const { file } = await atlantis(stacks);
    const { projects, allowed_regexp_prefixes } = config.parse(parse(readFileSync(file, "utf8")));
    // Atlantis anchors the pattern on both sides and asks for one of the prefixes.
    const together = (pattern: string) =>
      allowed_regexp_prefixes.some((prefix) => pattern.startsWith(prefix))
        ? projects.map(({ name }) => name).filter((name) => new RegExp(`^${pattern}$`).test(name))
        : [];
    expect(together("l4-.*")).toEqual(["l4-apps-staging", "l4-tools-staging"]);
    expect(together(".*")).toEqual([]);
  });

  it("prints an example of the server's configuration", async () => {
    const { out, code } = await atlantis(stacks, ["--server-config", "--repository", "github.com/acme/infra"]);
    expect(code).toBe(0);
    expect(out).toMatchSnapshot();
    expect(parse(out)).toMatchObject({
      repos: [{ id: "github.com/acme/infra", allow_custom_workflows: false, allowed_overrides: [] }],
    });
  });

  test.each([
    ["a cycle", { a: ["b"], b: ["a"], c: [] }, "these stacks depend on each other: a, b"],
    ["an unknown dependency", { a: ["gone"] }, "depends on gone, which is not in the manifest"],
  ])("refuses %s", async (_, program, text) => {
    const { code, err } = await atlantis(program);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("refuses a program that was not synthesized, and a folder outside of the repository", async () => {
    const { cwd } = await atlantis(stacks);
    expect((await strata(["atlantis", "--dir", "gone"], { cwd })).err).toContain("Run `npm run synth` first");
    expect((await strata(["atlantis", "--out", "cdktf.out/atlantis.yaml"], { cwd })).err).toContain("is not below");
  });
});

describe("any acyclic program", () => {
  // Each stack depends on earlier ones only, and they are shuffled, so the order has to be found again.
  const programs = fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 25 })
    .map((rows) =>
      rows.map((picks, index) => ({
        id: `stack-${index}`,
        folder: `stacks/stack-${index}`,
        dependencies: index === 0 ? [] : [...new Set(picks.map((pick) => `stack-${pick % index}`))],
      })),
    )
    .chain((list) => fc.shuffledSubarray(list, { minLength: list.length }));

  it("gets groups above those of its dependencies, as low as they can be", () => {
    fc.assert(
      fc.property(programs, (program) => {
        const groups = orderGroups(program);
        for (const { id, dependencies } of program) {
          const below = dependencies.map((dependency) => groups.get(dependency) ?? Number.NaN);
          expect(groups.get(id)).toBe(Math.max(-1, ...below) + 1);
        }
      }),
    );
  });

  it("gets a configuration whose dependencies all exist", () => {
    fc.assert(
      fc.property(programs, (program) => {
        const { projects } = config.parse(parse(renderRepoConfig(program, "out")));
        const groups = new Map(projects.map((project) => [project.name, project.execution_order_group]));
        for (const project of projects) {
          for (const dependency of project.depends_on) {
            expect(groups.get(dependency)).toBeLessThan(project.execution_order_group);
          }
        }
      }),
    );
  });
});
