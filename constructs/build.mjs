// Builds lib/ of @strata/constructs: one CommonJS bundle with declarations. `npm pack` runs it.
//
// cdktf, constructs and the provider packages stay outside, because they must be the same as the user's. Everything else
// goes into the bundle: the Kubernetes models are ES modules, which a CommonJS package can't require on Node 20.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const lib = path.join(here, "lib");
const require = createRequire(import.meta.url);
const entry = path.join(here, "index.ts");

async function bundle() {
  const peers = Object.keys(require("./package.json").peerDependencies);
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: path.join(lib, "index.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: peers.flatMap((name) => [name, `${name}/*`]),
    absWorkingDir: root,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.inputs);
}

/** Licences of what went into the bundle. */
function licences(inputs) {
  const names = inputs.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  const texts = [...new Set(names)].sort().map((name) => {
    const folder = path.join(root, "node_modules", name);
    const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    const file = fs.readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? "" : `\n${fs.readFileSync(path.join(folder, file), "utf8").trim()}\n`;
    return `${name} ${version} (${license})\n${text}`;
  });
  fs.writeFileSync(path.join(lib, "THIRD-PARTY.txt"), texts.join(`\n${"-".repeat(72)}\n\n`));
}

function declarations() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "strata-constructs-"));
  const config = path.join(folder, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: here,
    outDir: lib,
    types: ["node"],
    typeRoots: [path.join(root, "node_modules/@types")],
  };
  const extended = path.join(root, "tsconfig.json");
  fs.writeFileSync(config, JSON.stringify({ extends: extended, compilerOptions, include: [], files: [entry] }));
  const compiler = path.join(path.dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", config], { encoding: "utf8" });
  fs.rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`tsc failed\n${stdout}`);
}

fs.rmSync(lib, { recursive: true, force: true });
licences(await bundle());
declarations();
// The manifests chart is looked up above the running module.
fs.cpSync(path.join(root, "charts/manifests"), path.join(lib, "charts/manifests"), { recursive: true });
