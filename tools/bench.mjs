// Measures synthesis as a ratio to `node -e 0` on the same machine, medians of five, and its growth with the number of
// environments. `--quick` measures the example only. `--json FILE` writes the figures.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundleProgram } from "./bundle.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const RUNS = 5;
/** What the design promises: the program alone, and the whole synth with bundling and type check. */
const LIMITS = { program: 8, programMegabytes: 120, synth: 25 };

const HELP = `Usage: npm run bench [-- --quick] [-- --json FILE]

Prints how long synthesis takes as a ratio to 'node -e 0' (median of ${RUNS}) and its peak memory.
Exits 1 when the example exceeds ${LIMITS.program} times and ${LIMITS.programMegabytes} MB for the program alone, or ${LIMITS.synth} times for the whole synth.
`;

/** Wall seconds and peak megabytes of one run. The child reports its own peak through resourceUsage. */
function once(args, env) {
  const report = path.join(work, "usage.json");
  const started = process.hrtime.bigint();
  const result = spawnSync(process.execPath, ["--require", path.join(root, "tools", "bench-usage.cjs"), ...args], {
    cwd: root,
    env: { ...process.env, ...env, STRATA_BENCH_USAGE: report },
    encoding: "utf8",
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (result.status !== 0) throw new Error(`${args.join(" ")} failed:\n${result.stderr}`);
  return { seconds, megabytes: JSON.parse(readFileSync(report, "utf8")).maxRSS / 1024 };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Medians of several runs after one warm-up. */
function measure(args, env = {}) {
  once(args, env);
  const runs = Array.from({ length: RUNS }, () => once(args, env));
  return { seconds: median(runs.map((r) => r.seconds)), megabytes: Math.max(...runs.map((r) => r.megabytes)) };
}

/** A copy of the example with more environments on its shared cluster. */
function grown(environments) {
  const dir = path.join(work, `config-${environments}`);
  cpSync(path.join(root, "examples", "acme"), dir, { recursive: true });
  const staging = readFileSync(path.join(dir, "environments", "staging.yaml"), "utf8");
  for (let n = 2; n < environments; n++) {
    writeFileSync(
      path.join(dir, "environments", `staging-e${n}.yaml`),
      staging.replace(/^name: .*$/m, `name: staging-e${n}`),
    );
  }
  return dir;
}

function main() {
  const floor = measure(["-e", "0"]);
  const row = (what, figures) => {
    const ratio = figures.seconds / floor.seconds;
    console.log(
      `${what.padEnd(44)} ${figures.seconds.toFixed(3).padStart(7)} s ${ratio.toFixed(1).padStart(6)} x ${figures.megabytes.toFixed(0).padStart(5)} MB`,
    );
    return { what, seconds: figures.seconds, ratio, megabytes: figures.megabytes };
  };
  const out = path.join(work, "out");
  const config = (environments) => ({
    CDKTF_OUTDIR: path.join(work, `out-${environments}`),
    STRATA_CONFIG: grown(environments),
  });
  for (const size of [2, 10, 100]) mkdirSync(path.join(work, `out-${size}`), { recursive: true });
  console.log(`${"median of five runs".padEnd(44)}    wall  ratio  peak`);
  const rows = [row("node -e 0", floor)];
  const program = row("program, the example (2 environments)", measure(["tools/run-program.cjs"], config(2)));
  const synth = row(
    "whole synth: bundle, type check, program",
    measure(["tools/synth.mjs"], { CDKTF_OUTDIR: out, STRATA_CONFIG: "examples/acme" }),
  );
  rows.push(program, synth);
  if (!process.argv.includes("--quick")) {
    for (const size of [10, 100])
      rows.push(row(`program, ${size} environments`, measure(["tools/run-program.cjs"], config(size))));
    rows.push(
      row(
        "program, one of 100 environments",
        measure(["tools/run-program.cjs"], {
          ...config(100),
          STRATA_ENVIRONMENT: "staging-e50",
        }),
      ),
    );
  }
  const json = process.argv.indexOf("--json");
  if (json > 0) writeFileSync(process.argv[json + 1], `${JSON.stringify(rows, undefined, 2)}\n`);
  const exceeded = [
    program.ratio > LIMITS.program &&
      `the program takes ${program.ratio.toFixed(1)} times node -e 0 (limit ${LIMITS.program})`,
    program.megabytes > LIMITS.programMegabytes &&
      `the program takes ${program.megabytes.toFixed(0)} MB (limit ${LIMITS.programMegabytes})`,
    synth.ratio > LIMITS.synth &&
      `the whole synth takes ${synth.ratio.toFixed(1)} times node -e 0 (limit ${LIMITS.synth})`,
  ].filter(Boolean);
  for (const line of exceeded) console.error(line);
  process.exitCode = exceeded.length === 0 ? 0 : 1;
}

const work = mkdtempSync(path.join(tmpdir(), "strata-bench-"));
try {
  if (process.argv.includes("--help")) process.stdout.write(HELP);
  else {
    await bundleProgram();
    main();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
