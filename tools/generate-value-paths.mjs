/**
 * Lists the value paths that a component's pinned chart knows, into constructs/components/<name>/values.generated.json:
 * keys only, never a value or a comment of the chart.
 *
 *   node tools/generate-value-paths.mjs <component>                      fetches the pinned chart from its repository
 *   node tools/generate-value-paths.mjs <component> --from <chart>       a chart folder, its values.yaml, or a .tgz
 *                                                   --source <text>      where that chart came from, written to the file
 *                                                   --add <path>         a path that this copy of the chart lacks
 *   node tools/generate-value-paths.mjs --check                          fails when a list is not sorted or not of the
 *                                                                        chart and version that the component pins
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { knownPaths } from "./value-paths/tree.mjs";

const COMPONENTS = path.join(import.meta.dirname, "..", "constructs", "components");
const LIST = "values.generated.json";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: "boolean" },
    from: { type: "string" },
    source: { type: "string" },
    add: { type: "string", multiple: true, default: [] },
  },
});

if (options.check) {
  const problems = components().flatMap(check);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  const [name] = positionals;
  if (name === undefined || !components().includes(name)) {
    console.error(`Name a component: ${components().join(", ")}`);
    process.exit(1);
  }
  await generate(name);
}

async function generate(name) {
  const pin = pinOf(name);
  const work = mkdtempSync(path.join(tmpdir(), "strata-chart-"));
  try {
    const chart = options.from === undefined ? await download(pin, work) : local(options.from, work);
    const source = options.source ?? (options.from === undefined ? address(pin) : "a local copy of the chart");
    const paths = [...new Set([...knownPaths(read(chart)), ...options.add])].sort();
    const list = { chart: pin.chart, version: pin.version, source, paths };
    writeFileSync(path.join(COMPONENTS, name, LIST), `${JSON.stringify(list, null, 2)}\n`);
    console.log(`${name}: ${list.paths.length} paths`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Components that install a chart: those with a DEFAULTS literal that pins one. */
function components() {
  return readdirSync(COMPONENTS).filter((name) => {
    const index = path.join(COMPONENTS, name, "index.ts");
    return existsSync(index) && /DEFAULTS = \{[^}]*chart:/.test(readFileSync(index, "utf8"));
  });
}

function pinOf(name) {
  const text = readFileSync(path.join(COMPONENTS, name, "index.ts"), "utf8");
  const defaults = /DEFAULTS = \{([^}]*)\}/.exec(text)?.[1] ?? "";
  const field = (key) => new RegExp(`\\b${key}: "([^"]*)"`).exec(defaults)?.[1] ?? "";
  return { chart: field("chart"), repository: field("repository"), version: field("version") };
}

function check(name) {
  const file = path.join(COMPONENTS, name, LIST);
  if (!existsSync(file)) return [`${name}: ${LIST} is missing: run tools/generate-value-paths.mjs ${name}`];
  const pin = pinOf(name);
  const list = JSON.parse(readFileSync(file, "utf8"));
  const sorted = [...new Set(list.paths)].sort();
  return [
    ...(list.chart === pin.chart && list.version === pin.version
      ? []
      : [`${name}: the list is of ${list.chart} ${list.version}, the component pins ${pin.chart} ${pin.version}`]),
    ...(JSON.stringify(sorted) === JSON.stringify(list.paths)
      ? []
      : [`${name}: the paths are not sorted or not unique`]),
  ];
}

function address(pin) {
  return `${pin.repository}${pin.repository.endsWith("/") ? "" : "/"}${pin.chart} ${pin.version}`;
}

/** Fetches the archive: over HTTPS by the repository's index, from an OCI registry with Helm. */
async function download(pin, work) {
  if (pin.repository.startsWith("oci://")) {
    execFileSync("helm", ["pull", `${pin.repository}/${pin.chart}`, "--version", pin.version, "--destination", work]);
    return unpack(path.join(work, readdirSync(work).find((file) => file.endsWith(".tgz")) ?? ""), work);
  }
  const base = `${pin.repository.replace(/\/$/, "")}/`;
  const index = parse(await (await get(`${base}index.yaml`)).text());
  const entry = index.entries?.[pin.chart]?.find((one) => one.version === pin.version);
  if (entry === undefined) throw new Error(`${base} has no ${pin.chart} ${pin.version}`);
  const archive = path.join(work, "chart.tgz");
  writeFileSync(archive, Buffer.from(await (await get(new URL(entry.urls[0], base))).arrayBuffer()));
  return unpack(archive, work);
}

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

function local(from, work) {
  if (from.endsWith(".tgz")) return unpack(from, work);
  return statSync(from).isDirectory() ? from : path.dirname(from);
}

function unpack(archive, work) {
  execFileSync("tar", ["-xzf", archive, "-C", work]);
  const folder = readdirSync(work).find((file) => existsSync(path.join(work, file, "Chart.yaml")));
  if (folder === undefined) throw new Error(`${archive} holds no chart`);
  return path.join(work, folder);
}

function read(chart) {
  const optional = (file, parser) =>
    existsSync(path.join(chart, file)) ? parser(readFileSync(path.join(chart, file), "utf8")) : undefined;
  return {
    values: optional("values.yaml", (text) => parse(text, { merge: true })) ?? {},
    schema: optional("values.schema.json", JSON.parse),
    subcharts: (optional("Chart.yaml", parse)?.dependencies ?? []).map((one) => one.alias ?? one.name),
    templates: existsSync(path.join(chart, "templates")) ? templates(path.join(chart, "templates")) : [],
  };
}

function templates(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => /\.(ya?ml|tpl|txt)$/.test(file) && !file.startsWith("tests"))
    .map((file) => readFileSync(path.join(folder, file), "utf8"));
}
