// Synthesizes the program: bundle and run it, and check its types beside it. Output goes to a temporary folder first
// and replaces the real one only when both succeeded, so a failure changes nothing.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundleProgram } from "./bundle.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const out = path.resolve(root, process.env.CDKTF_OUTDIR ?? "cdktf.out");
const next = `${out}.next-${process.pid}`;

const HELP = `Usage: npm run synth [-- --help]

Synthesizes every stack into cdktf.out after a type check.

Environment:
  STRATA_CONFIG         folder of platform.yaml (default config)
  STRATA_ENVIRONMENT    read only this environment's document and build only the stacks that it owns
  STRATA_ONLY           build only the stacks whose ids match, as in '*-prod'
  STRATA_BACKEND=local  keep every state in local files
  STRATA_ALLOW_DESTROY  leave prevent_destroy out of the stacks whose ids match
  STRATA_CHARTS=repositories
                        name the charts' own repositories even where the configuration has a mirror
  CDKTF_OUTDIR          where to write (default cdktf.out)
`;

/** Runs a command; its exit code, with its output passed on to stderr (cdktf reads stdout). */
function run(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.pipe(process.stderr);
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(signal === null ? code : 1));
    process.once("exit", () => child.kill());
  });
}

/** The TypeScript compiler's own binary: starting it through its Node wrapper would cost another process. */
function compiler() {
  const platform = path.join(root, "node_modules", "@typescript", `typescript-${process.platform}-${process.arch}`);
  const native = path.join(platform, "lib", process.platform === "win32" ? "tsc.exe" : "tsc");
  return existsSync(native)
    ? [native, []]
    : [process.execPath, [path.join(root, "node_modules", "typescript", "bin", "tsc")]];
}

function walk(dir) {
  return readdirSync(dir).flatMap((name) => {
    const file = path.join(dir, name);
    return statSync(file).isDirectory() ? walk(file) : [file];
  });
}

/** Moves the new output into place. What Terraform keeps in a stack's folder stays; stacks that are gone go. */
function swap() {
  const written = new Set();
  for (const file of walk(next)) {
    const target = path.join(out, path.relative(next, file));
    written.add(target);
    mkdirSync(path.dirname(target), { recursive: true });
    if (existsSync(target) && readFileSync(target).equals(readFileSync(file))) continue;
    renameSync(file, target);
  }
  const stacks = path.join(out, "stacks");
  for (const id of existsSync(stacks) ? readdirSync(stacks) : []) {
    const kept = written.has(path.join(stacks, id, "cdk.tf.json"));
    if (!kept) rmSync(path.join(stacks, id), { recursive: true, force: true });
  }
}

async function main() {
  if (process.argv.includes("--help")) return process.stdout.write(HELP);
  const started = performance.now();
  const [tsc, prefix] = compiler();
  // The program alone: tests and tools have their own check (npm run typecheck).
  const types = run(tsc, [...prefix, "-p", "tsconfig.program.json", "--noEmit", "--pretty", "false"]);
  try {
    await bundleProgram();
    mkdirSync(next, { recursive: true });
    const [typeCode, programCode] = await Promise.all([
      types,
      run(process.execPath, [path.join(root, "tools", "run-program.cjs")], { ...process.env, CDKTF_OUTDIR: next }),
    ]);
    if (typeCode !== 0) process.stderr.write("The program has type errors: nothing was written.\n");
    if (typeCode !== 0 || programCode !== 0) {
      process.exitCode = 1;
      return;
    }
    swap();
    const stacks = readdirSync(path.join(out, "stacks")).length;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stderr.write(`${stacks} stacks synthesized into ${path.relative(root, out) || out} in ${seconds} s\n`);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
