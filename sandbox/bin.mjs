// Entry of `npm run sandbox`: bundles the TypeScript sources (about 50 ms) and runs the result in this process, so that
// Ctrl-C meets one process only.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const outfile = path.join(here, "..", ".cache", "sandbox", "main.cjs");

async function bundle() {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [path.join(here, "main.ts")],
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

try {
  await bundle();
} catch (error) {
  if (error?.code === "ERR_MODULE_NOT_FOUND") {
    console.error("The sandbox needs the packages of this checkout: run `npm ci` first.");
    process.exit(1);
  }
  throw error;
}
await import(pathToFileURL(outfile).href);
