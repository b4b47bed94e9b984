// A page of docs/ that is made of what the program synthesizes for examples/acme.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleProgram } from "./bundle.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Writes docs/<name>.md. With `--check` it writes nothing and fails if the page is out of date.
 *
 * @param name - of the page; its renderer is tools/<name>-page/index.ts
 * @param render - takes the exports of the renderer and the folder of the synthesized example, answers the text
 */
export async function generatePage(name, render) {
  const page = path.join(root, "docs", `${name}.md`);
  mkdirSync(path.join(root, ".cache"), { recursive: true });
  const scratch = mkdtempSync(path.join(root, ".cache", `${name}-page-`));
  try {
    const folder = path.join(scratch, "out");
    await synthesize(folder);
    const wanted = render(await loadRenderer(name, scratch), folder);
    if (!process.argv.includes("--check")) writeFileSync(page, wanted);
    else if (current(page) !== wanted) {
      console.error(
        `Out of date: docs/${name}.md. Run \`node tools/generate-${name}-page.mjs\` and commit the result.`,
      );
      process.exitCode = 1;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Synthesizes the example into a folder. */
async function synthesize(folder) {
  await bundleProgram();
  const env = { PATH: process.env.PATH, STRATA_CONFIG: "examples/acme", CDKTF_OUTDIR: folder, STRATA_BACKEND: "local" };
  const { status } = spawnSync(process.execPath, [path.join(root, "tools", "run-program.cjs")], {
    cwd: root,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error("examples/acme can't be synthesized");
}

/** The renderer is TypeScript, like the declarations it reads. */
async function loadRenderer(name, scratch) {
  const outfile = path.join(scratch, `${name}-page.cjs`);
  const entry = path.join(root, "tools", `${name}-page`, "index.ts");
  await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "cjs", logLevel: "error" });
  return createRequire(import.meta.url)(outfile);
}

function current(page) {
  try {
    return readFileSync(page, "utf8");
  } catch {
    return "";
  }
}
