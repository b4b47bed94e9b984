// Generates docs/routes.md: the route tables of examples/acme, as they are rendered. `--check` writes nothing and fails
// if the page is out of date.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleProgram } from "./bundle.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const page = path.join(root, "docs", "routes.md");

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
async function loadRenderer(scratch) {
  const outfile = path.join(scratch, "routes-page.cjs");
  const entry = path.join(root, "tools", "routes-page", "index.ts");
  await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "cjs", logLevel: "error" });
  return createRequire(import.meta.url)(outfile);
}

function current() {
  try {
    return readFileSync(page, "utf8");
  } catch {
    return "";
  }
}

mkdirSync(path.join(root, ".cache"), { recursive: true });
const scratch = mkdtempSync(path.join(root, ".cache", "routes-page-"));
try {
  const folder = path.join(scratch, "out");
  await synthesize(folder);
  const { routesPage } = await loadRenderer(scratch);
  const wanted = routesPage(folder);
  if (process.argv.includes("--check")) {
    if (current() !== wanted) {
      console.error("Out of date: docs/routes.md. Run `node tools/generate-routes-page.mjs` and commit the result.");
      process.exitCode = 1;
    }
  } else {
    writeFileSync(page, wanted);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
