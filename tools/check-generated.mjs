// Proves that every generated file is what its generator makes of its source today.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const CHECKS = [
  ["JSON Schemas and the table of fields", "tools/generate-schemas.mjs"],
  ["page of secrets", "tools/generate-secrets-page.mjs"],
  ["page of routes", "tools/generate-routes-page.mjs"],
  ["chart value paths", "tools/generate-value-paths.mjs"],
  ["ClickHouse models", "constructs/components/clickhouse-operator/generate.mjs"],
  ["Barman Cloud models", "constructs/components/barman-cloud/generate.mjs"],
  ["provider bindings", "packages/provider-vultr/generate.mjs"],
];

let failed = 0;
for (const [what, script] of CHECKS) {
  const { status } = spawnSync(process.execPath, [script, "--check"], { cwd: root, stdio: "inherit" });
  console.log(`${status === 0 ? "current" : "STALE  "}  ${what}${status === 0 ? "" : `: run node ${script}`}`);
  if (status !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
