// Measures synthesis as a ratio to `node -e 0` on the same machine, and its growth with the number of environments.
// `--quick` measures the example only. `--json FILE` writes the figures.
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
/** Another process can slow any one measurement down, so a limit is exceeded when it is exceeded every time. */
const ATTEMPTS = 3;

const PROGRAM = ["tools/run-program.cjs"];
const SYNTH = ["tools/synth.mjs"];

const HELP = `Usage: npm run bench [-- --quick] [-- --json FILE]

Prints how long synthesis takes as a ratio to 'node -e 0', run in turn with it (medians of ${RUNS}), and its peak memory.
Exits 1 when the example exceeds, in each of ${ATTEMPTS} attempts, ${LIMITS.program} times or ${LIMITS.programMegabytes} MB for the program alone, or ${LIMITS.synth}
times for the whole synth. The limits are set for Node 20 with two free cores: Node 22 starts faster than that.
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

/** Medians of several runs in turn with `node -e 0`, after one warm-up; prints them. */
function measure(what, args, env = {}) {
  once(args, env);
  const runs = Array.from({ length: RUNS }, () => ({ floor: once(["-e", "0"], {}), run: once(args, env) }));
  const floor = median(runs.map(({ floor }) => floor.seconds));
  const seconds = median(runs.map(({ run }) => run.seconds));
  const megabytes = Math.max(...runs.map(({ run }) => run.megabytes));
  const ratio = seconds / floor;
  const figures = [
    `${seconds.toFixed(3)} s`,
    `${floor.toFixed(3)} s`,
    `${ratio.toFixed(1)} x`,
    `${megabytes.toFixed(0)} MB`,
  ];
  console.log(`${what.padEnd(42)}${figures.map((figure) => figure.padStart(11)).join("")}`);
  return { what, seconds, floor, ratio, megabytes };
}

/** A copy of the example (staging shared, prod dedicated) with another number of environments, and where its output goes. */
function grown(environments) {
  const dir = path.join(work, `config-${environments}`);
  cpSync(path.join(root, "examples", "acme"), dir, { recursive: true });
  const staging = readFileSync(path.join(dir, "environments", "staging.yaml"), "utf8");
  if (environments === 1) rmSync(path.join(dir, "environments", "prod.yaml"));
  for (let n = 2; n < environments; n++) writeFileSync(path.join(dir, "environments", `staging-e${n}.yaml`), staging);
  const out = path.join(work, `out-${environments}`);
  mkdirSync(out, { recursive: true });
  return { CDKTF_OUTDIR: out, STRATA_CONFIG: dir };
}

/** Measures until the limits hold, at most a few times; what exceeds them every time. */
function withinLimits(rows) {
  const synthEnv = { CDKTF_OUTDIR: path.join(work, "out"), STRATA_CONFIG: "examples/acme" };
  let exceeded = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const program = measure("program, the example (2 environments)", PROGRAM, grown(2));
    const synth = measure("whole synth: bundle, type check, program", SYNTH, synthEnv);
    rows.push(program, synth);
    exceeded = [
      [program.ratio, LIMITS.program, "times node -e 0 for the program"],
      [program.megabytes, LIMITS.programMegabytes, "MB for the program"],
      [synth.ratio, LIMITS.synth, "times node -e 0 for the whole synth"],
    ].filter(([value, limit]) => value > limit);
    if (exceeded.length === 0) break;
  }
  return exceeded;
}

function main() {
  console.log(
    `${"medians of five runs, in turn".padEnd(42)}${["wall", "node -e 0", "ratio", "peak"].map((head) => head.padStart(11)).join("")}`,
  );
  const rows = [];
  const exceeded = withinLimits(rows);
  if (!process.argv.includes("--quick")) {
    for (const size of [1, 10, 100]) rows.push(measure(`program, ${size} environments`, PROGRAM, grown(size)));
    rows.push(
      measure("program, one of 100 environments", PROGRAM, { ...grown(100), STRATA_ENVIRONMENT: "staging-e50" }),
    );
  }
  const json = process.argv.indexOf("--json");
  if (json > 0) writeFileSync(process.argv[json + 1], `${JSON.stringify(rows, undefined, 2)}\n`);
  for (const [value, limit, what] of exceeded) console.error(`${value.toFixed(1)} ${what} (limit ${limit})`);
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
