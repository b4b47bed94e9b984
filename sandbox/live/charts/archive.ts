import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** A file of a chart: its path inside the chart's folder, and its text. */
export interface ChartFile {
  readonly path: string;
  readonly text: string;
}

/** Packs a chart as `helm package` does. The same files give the same bytes, on every machine and at any time. */
export async function packChart(chart: string, files: readonly ChartFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { path, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    tar.entry({ name: `${chart}/${path}`, mode: 0o644, mtime: new Date(0) }, text);
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const archive = gzipSync(Buffer.concat(chunks), { level: 9 });
  // The system on which it was packed: unknown.
  archive[9] = 255;
  return archive;
}

/** SHA-256 in hexadecimal. */
export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
