// Bundles a TypeScript program of the sandbox (about 50 ms) and runs the result in this process, so that Ctrl-C meets one
// process only.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** Runs a program, named by its path in this folder. */
export async function run(program) {
  const outfile = path.join(here, "..", ".cache", "sandbox", program.replaceAll("/", "-").replace(/\.ts$/, ".cjs"));
  try {
    await bundle(path.join(here, program), outfile);
  } catch (error) {
    if (error?.code === "ERR_MODULE_NOT_FOUND") {
      console.error("The sandbox needs the packages of this checkout: run `npm ci` first.");
      process.exit(1);
    }
    throw error;
  }
  await import(pathToFileURL(outfile).href);
}

async function bundle(entry, outfile) {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "error",
  });
}
