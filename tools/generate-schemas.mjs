// Generates the JSON Schemas for editors and the field tables of schema/README.md from the zod schemas.
// `--check` writes nothing and fails if something is out of date.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const folder = path.join(root, "schema");

/** The generator is TypeScript, like the schemas it reads. */
async function loadDocs() {
  mkdirSync(path.join(root, ".cache"), { recursive: true });
  const scratch = mkdtempSync(path.join(root, ".cache", "schemas-"));
  try {
    const outfile = path.join(scratch, "docs.cjs");
    const entry = path.join(folder, "docs.ts");
    await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "cjs", logLevel: "error" });
    return createRequire(import.meta.url)(outfile);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function current(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const { jsonSchemas, withTables } = await loadDocs();
const readme = path.join(folder, "README.md");
const wanted = new Map([[readme, withTables(current(readme))]]);
for (const [name, text] of Object.entries(jsonSchemas())) wanted.set(path.join(folder, "json", name), text);

const stale = [...wanted].filter(([file, text]) => current(file) !== text);
const names = stale.map(([file]) => path.relative(root, file)).join(", ");
if (process.argv.includes("--check")) {
  if (stale.length > 0) {
    console.error(`Out of date: ${names}. Run \`npm run generate:schemas\` and commit the result.`);
    process.exitCode = 1;
  }
} else {
  mkdirSync(path.join(folder, "json"), { recursive: true });
  for (const [file, text] of stale) writeFileSync(file, text);
  console.log(stale.length > 0 ? `Wrote ${names}.` : "Everything is up to date.");
}
