import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { load } from "js-yaml";
import { extract } from "tar-stream";
import { isJsonObject } from "../../constructs/core/json";
import type { ChartPin } from "../../constructs/kubernetes/chart-pin";
import { FetchProblem } from "./http/problem";

/** Most bytes of an archive, and of what is in it: more is no chart. */
export const ARCHIVE_LIMIT = 64 * 1024 * 1024;

/** SHA-256 in hexadecimal. */
export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * Checks that an archive is the chart that was asked for.
 *
 * @throws FetchProblem when it is no chart, or another one
 */
export async function checkArchive(archive: Buffer, pin: ChartPin): Promise<void> {
  const metadata = parse(await chartFile(archive));
  const { name, version } = metadata;
  if (name !== pin.chart || typeof version !== "string" || !sameVersion(version, pin.version)) {
    const found = `${String(name)} ${String(version)}`;
    throw new FetchProblem(`the archive is the chart ${found}`, "The repository serves another chart than it says.");
  }
}

/** Versions are the same with and without the `v` that some charts write. */
export function sameVersion(a: string, b: string): boolean {
  return a.replace(/^v/, "") === b.replace(/^v/, "");
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = load(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new FetchProblem("Chart.yaml of the archive is not YAML", NO_CHART);
}

/** The text of the chart's own Chart.yaml: that of the folder at the top, not of a subchart. */
async function chartFile(archive: Buffer): Promise<string> {
  try {
    const entries = extract();
    entries.end(gunzipSync(archive, { maxOutputLength: ARCHIVE_LIMIT }));
    let text: string | undefined;
    for await (const entry of entries) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
      if (/^(\.\/)?[^/]+\/Chart\.yaml$/.test(entry.header.name)) text ??= Buffer.concat(chunks).toString("utf8");
    }
    if (text !== undefined) return text;
  } catch {
    throw new FetchProblem("the archive is damaged", NO_CHART);
  }
  throw new FetchProblem("the archive holds no Chart.yaml", NO_CHART);
}

const NO_CHART = "What the repository serves is not a Helm chart.";
