import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, "../..");
const folder = mkdtempSync(path.join(tmpdir(), "strata-synth-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command that `npm run synth` and `cdktf` run. */
function synth(name: string, env: Record<string, string>, program = ROOT) {
  const out = path.join(folder, name);
  const result = spawnSync(process.execPath, ["tools/synth.mjs"], {
    cwd: program,
    encoding: "utf8",
    env: { ...process.env, CDKTF_OUTDIR: out, ...env },
  });
  return { code: result.status, message: result.stderr, out };
}

/** A copy of the example with one text of its platform.yaml replaced. */
function changed(name: string, from: string, to: string): string {
  const dir = path.join(folder, `config-${name}`);
  cpSync(path.join(ROOT, "examples/acme"), dir, { recursive: true });
  const file = path.join(dir, "platform.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
  return dir;
}

test("a synth writes every stack, and leaves no temporary folder behind", () => {
  const { code, message, out } = synth("good", { STRATA_CONFIG: "examples/acme" });
  expect({ code, message }).toMatchObject({ code: 0, message: expect.stringContaining("18 stacks synthesized") });
  expect(readdirSync(path.join(out, "stacks"))).toHaveLength(18);
  expect(readdirSync(folder).filter((entry) => entry.includes(".next-"))).toEqual([]);
});

test("a stack that is gone from the configuration goes from the output; Terraform's own files of the others stay", () => {
  const { out } = synth("shrunk", { STRATA_CONFIG: "examples/acme" });
  mkdirSync(path.join(out, "stacks/l3-data-staging/.terraform"));
  const dir = path.join(folder, "config-shrunk");
  cpSync(path.join(ROOT, "examples/acme"), dir, { recursive: true });
  rmSync(path.join(dir, "environments/prod.yaml"));
  expect(synth("shrunk", { STRATA_CONFIG: dir }).code).toBe(0);
  expect(readdirSync(path.join(out, "stacks"))).toHaveLength(10);
  expect(existsSync(path.join(out, "stacks/l3-data-staging/.terraform"))).toBe(true);
});

test("two checkouts in different folders synthesize the same bytes", () => {
  const other = path.join(folder, "other-checkout");
  const skipped = ["node_modules", ".git", ".cache", ".sandbox", "cdktf.out", "dist", "state"];
  cpSync(ROOT, other, { recursive: true, filter: (from) => !skipped.includes(path.relative(ROOT, from)) });
  spawnSync("ln", ["-s", path.join(ROOT, "node_modules"), path.join(other, "node_modules")]);
  const [here, there] = [
    synth("here", { STRATA_CONFIG: "examples/acme" }),
    synth("there", { STRATA_CONFIG: "examples/acme" }, other),
  ];
  expect(there.message).toContain("18 stacks");
  const files = (dir: string) =>
    readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((f) => /\.(json|yaml)$/.test(f));
  expect(files(there.out)).toEqual(files(here.out));
  for (const file of files(here.out)) {
    expect(readFileSync(path.join(there.out, file), "utf8")).toBe(readFileSync(path.join(here.out, file), "utf8"));
  }
});

test.each([
  ["no configuration", "/nowhere", /npx strata init/],
  ["an unknown key", changed("key", "\norganisation:", "\norganization:"), /platform\.yaml:\d+ organization/],
  ["a broken document", changed("yaml", "contact:", "contact: ["), /platform\.yaml:\d+/],
])("%s is one clear message, exit code 1, and nothing is written", (name, config, expected) => {
  const { code, message, out } = synth(`bad-${name.replaceAll(" ", "-")}`, { STRATA_CONFIG: config });
  expect(code).toBe(1);
  expect(message).toMatch(expected);
  expect(message).not.toMatch(/^\s+at /m);
  expect(existsSync(out)).toBe(false);
});

test("a rule of the program refuses with the construct's path, and keeps what was there", () => {
  const before = synth("kept", { STRATA_CONFIG: "examples/acme" });
  const text = readFileSync(path.join(before.out, "stacks/l1-edge-acme-example/cdk.tf.json"), "utf8");
  const values = "      traefik: {values: {deploymnt: {replicas: 2}}}\n";
  const config = changed("values", "    components:\n", `    components:\n${values}`);
  const { code, message } = synth("kept", { STRATA_CONFIG: config });
  expect(code).toBe(1);
  expect(message).toMatch(/l2-base-platform\/traefik\/chart\n\s+chart traefik \S+ has no value deploymnt\.replicas/);
  expect(readFileSync(path.join(before.out, "stacks/l1-edge-acme-example/cdk.tf.json"), "utf8")).toBe(text);
});

test("a type error fails the synth and writes nothing", () => {
  const other = path.join(folder, "other-checkout");
  const file = path.join(other, "stacks/cost.ts");
  writeFileSync(file, `${readFileSync(file, "utf8")}\nexport const wrong: number = "text";\n`);
  const { code, message, out } = synth("type-error", { STRATA_CONFIG: "examples/acme" }, other);
  expect(code).toBe(1);
  expect(message).toMatch(/stacks\/cost\.ts.*error TS2322/);
  expect(existsSync(out)).toBe(false);
});
