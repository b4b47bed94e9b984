#!/usr/bin/env node
// Runs cli/index.ts. The command is bundled into .cache/cli once and again whenever one of its sources changed, so it
// starts fast and needs no build step.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const cache = path.join(root, ".cache", "cli");
const bundle = path.join(cache, "strata.cjs");
const stamps = path.join(cache, "sources.json");

/** What tells a changed file: cheap, and exact enough for files that people edit. */
function stamp(file) {
  const stat = statSync(path.join(root, file), { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.mtimeMs}:${stat.size}`;
}

/** A new source is imported by a changed one, so the files of the last build are all that need a look. */
function isCurrent() {
  if (!existsSync(bundle) || !existsSync(stamps)) return false;
  try {
    return Object.entries(JSON.parse(readFileSync(stamps, "utf8"))).every(([file, known]) => stamp(file) === known);
  } catch {
    return false;
  }
}

async function rebuild() {
  const { build } = await import("esbuild");
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["cli/index.ts"],
    outfile: bundle,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
  });
  const own = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"));
  const files = [...own, "package-lock.json", "cli/bin.mjs"];
  mkdirSync(cache, { recursive: true });
  put(bundle, outputFiles[0].contents);
  put(stamps, JSON.stringify(Object.fromEntries(files.map((file) => [file, stamp(file)]))));
}

/** Another strata may be starting at the same moment: it sees the old file or the new one, never half of one. */
function put(file, content) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

try {
  if (!isCurrent()) await rebuild();
  const { main } = createRequire(import.meta.url)(bundle);
  process.exitCode = await main(process.argv.slice(2), root);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
