// Refreshes the committed provider schemas from `terraform providers schema -json`. Needs Terraform and the registry.
//   node sandbox/providers/refresh-schemas.mjs [--all] [name=version ...]
// Each provider keeps its version unless another one is given, and the types that are committed unless --all is.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

const KINDS = ["resource_schemas", "data_source_schemas", "ephemeral_resource_schemas"];
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "schemas");
const HELP = `Usage: node sandbox/providers/refresh-schemas.mjs [--all] [--out <folder>] [name=version ...]

  --all           take every type of a provider, not only those that are committed
  --out <folder>  write there instead of sandbox/providers/schemas
  name=version    another version of a provider, as in vultr=2.33.0
`;

const args = process.argv.slice(2);
if (args.includes("--help")) {
  process.stdout.write(HELP);
  process.exit(0);
}
const outIndex = args.indexOf("--out");
const out = outIndex < 0 ? folder : path.resolve(args[outIndex + 1] ?? ".");
const versions = Object.fromEntries(args.filter((arg) => arg.includes("=")).map((arg) => arg.split("=")));

const committed = readdirSync(folder)
  .filter((name) => name.endsWith(".json.gz"))
  .map((file) => read(path.basename(file, ".json.gz")));
const printed = printSchemas(committed);
for (const provider of committed) {
  const schema = printed.provider_schemas[provider.address];
  if (schema === undefined) throw new Error(`Terraform printed no schema of ${provider.address}.`);
  const version = versions[provider.name] ?? provider.version;
  const kept = trim(schema, args.includes("--all") ? undefined : provider.schema);
  const json = {
    format_version: printed.format_version,
    provider_schemas: { [provider.address]: kept },
    provider_versions: { [provider.address]: version },
  };
  writeFileSync(path.join(out, `${provider.name}.json.gz`), gzipSync(JSON.stringify(sorted(json)), { level: 9 }));
  const count = KINDS.map((kind) => Object.keys(kept[kind] ?? {}).length);
  console.log(`${provider.address} ${version}: ${count[0]} resources, ${count[1]} data sources, ${count[2]} ephemeral`);
}

function read(name) {
  const json = JSON.parse(gunzipSync(readFileSync(path.join(folder, `${name}.json.gz`))).toString());
  const [[address, schema]] = Object.entries(json.provider_schemas);
  return { name, address, schema, version: json.provider_versions[address] };
}

/** Lets Terraform print the schemas of all providers at once. */
function printSchemas(providers) {
  const work = mkdtempSync(path.join(os.tmpdir(), "strata-schemas-"));
  try {
    const required = providers.map(({ name, address, version }) => [
      name,
      { source: address.replace("registry.terraform.io/", ""), version: versions[name] ?? version },
    ]);
    const config = { terraform: { required_providers: Object.fromEntries(required) } };
    writeFileSync(path.join(work, "main.tf.json"), JSON.stringify(config));
    terraform(work, "init", "-input=false", "-no-color");
    return JSON.parse(terraform(work, "providers", "schema", "-json"));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function terraform(cwd, ...command) {
  const binary = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
  const { status, stdout, stderr, error } = spawnSync(binary, command, { cwd, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (error) throw error;
  if (status !== 0) throw new Error(`terraform ${command.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** The schema without its prose, which is most of it. Attributes that are called `description` stay. */
function trim(schema, only) {
  const kept = { provider: trimSchema(schema.provider) };
  for (const kind of KINDS) {
    const types = Object.entries(schema[kind] ?? {}).filter(([type]) => only === undefined || only[kind]?.[type]);
    if (types.length > 0) kept[kind] = Object.fromEntries(types.map(([type, each]) => [type, trimSchema(each)]));
  }
  return kept;
}

function trimSchema({ version, block }) {
  return { version, block: trimBlock(block) };
}

function trimBlock(block) {
  const { attributes, block_types, deprecated } = block;
  return {
    ...(attributes ? { attributes: mapValues(attributes, trimAttribute) } : {}),
    ...(block_types
      ? { block_types: mapValues(block_types, (each) => ({ ...each, block: trimBlock(each.block) })) }
      : {}),
    ...(deprecated ? { deprecated } : {}),
  };
}

function trimAttribute(attribute) {
  const { description: _text, description_kind: _kind, nested_type: nested, ...rest } = attribute;
  if (nested === undefined) return rest;
  const { attributes = {}, nesting_mode } = nested;
  return { ...rest, nested_type: { attributes: mapValues(attributes, trimAttribute), nesting_mode } };
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
