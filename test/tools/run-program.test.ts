import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const folder = mkdtempSync(path.join(tmpdir(), "strata-run-program-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(path.join(folder, "tools"));
mkdirSync(path.join(folder, "dist"));
copyFileSync(path.resolve(__dirname, "../../tools/run-program.cjs"), path.join(folder, "tools/run-program.cjs"));

const cache = path.join(folder, "dist", `main.${process.version}.cache`);

/** Runs a program in place of the bundle. */
function run(program: string) {
  writeFileSync(path.join(folder, "dist/main.js"), program);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/run-program.cjs"], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const prints = (text: string) => `function hello() { console.log(${JSON.stringify(text)}); }\nhello();\n`;

beforeEach(() => rmSync(cache, { force: true }));

test("a program runs, says nothing of its own, and leaves its code cache behind for this version of Node", () => {
  expect(run(prints("first"))).toEqual({ status: 0, stdout: "first\n", stderr: "" });
  expect(readdirSync(path.dirname(cache)).sort()).toEqual(["main.js", path.basename(cache)].sort());
});

test("another program of the same length is not taken for the cached one", () => {
  run(prints("first"));
  expect(run(prints("other")).stdout).toBe("other\n");
});

test("a cache that V8 refuses, as that of another build, is written anew", () => {
  run(prints("first"));
  const good = readFileSync(cache);
  const foreign = Buffer.from(good);
  // V8's header: magic number, version hash, source hash, flags.
  foreign.writeUInt32LE(0x12345678, 40 + 4);
  writeFileSync(cache, foreign);
  expect(run(prints("first")).stdout).toBe("first\n");
  expect(readFileSync(cache).subarray(0, 48)).toEqual(good.subarray(0, 48));
});

test("a failing program fails, with its own file and line", () => {
  const { status, stderr } = run("\n\nthrow new Error('broken');\n");
  expect(status).toBe(1);
  expect(stderr).toMatch(/dist\/main\.js:3/);
});
