import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** Files of the manifests chart and the version that stands for their content. */
export interface ManifestsChart {
  readonly version: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** Where stacks find the chart: beside the stack folders in the output, so the output can be moved as a whole. */
export const CHART_PATH = "../../charts/manifests";

let cached: ManifestsChart | undefined;

/**
 * Reads the one chart of ours. Its version carries a hash of its content, because `helm_release` sees no other change
 * of a local chart (hashicorp/terraform-provider-helm#372).
 */
export function manifestsChart(): ManifestsChart {
  cached ??= readChart(locate());
  return cached;
}

function readChart(dir: string): ManifestsChart {
  const files = walk(dir).map((file) => ({
    path: path.relative(dir, file).split(path.sep).join("/"),
    text: readFileSync(file, "utf8"),
  }));
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file.path}\0${file.text}\0`);
  const version = `1.0.0+${hash.digest("hex").slice(0, 12)}`;
  return {
    version,
    files: files.map((file) =>
      file.path === "Chart.yaml" ? { ...file, text: file.text.replace(/^version:.*$/m, `version: ${version}`) } : file,
    ),
  };
}

function walk(dir: string): string[] {
  return readdirSync(dir)
    .sort()
    .map((name) => path.join(dir, name))
    .flatMap((file) => (statSync(file).isDirectory() ? walk(file) : [file]));
}

/** The chart stands above this module: in the repository, in its bundle and in the package. */
function locate(): string {
  for (let dir = __dirname; ; dir = path.dirname(dir)) {
    const candidate = path.join(dir, "charts", "manifests");
    if (existsSync(path.join(candidate, "Chart.yaml"))) return candidate;
    if (path.dirname(dir) === dir) throw new Error("charts/manifests is missing beside the program");
  }
}
