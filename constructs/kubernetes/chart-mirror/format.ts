import type { ChartPin } from "../chart-pin";

/**
 * What a chart mirror is: a folder with the archive of each pinned chart and one file of checksums. `strata charts pull`
 * fills it, synth and the sandbox read it.
 */

/** File of a mirror with the SHA-256 of every archive, as `sha256sum` writes and checks it. */
export const CHECKSUMS_FILE = "checksums.txt";

/** Name of a chart's archive, as Helm itself names it: `<chart>-<version>.tgz`. */
export function archiveName({ chart, version }: Pick<ChartPin, "chart" | "version">): string {
  return `${chart}-${version}.tgz`;
}

/** Whether a chart has a name and version that can stand in the name of a file. */
export function isMirrorable({ chart, version }: Pick<ChartPin, "chart" | "version">): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(chart) && /^[A-Za-z0-9][A-Za-z0-9.+_-]*$/.test(version);
}

/** SHA-256 digests in hexadecimal by file name. Lines that are no checksum are passed over. */
export function parseChecksums(text: string): Map<string, string> {
  const lines = text.split("\n").map((line) => /^([0-9a-f]{64}) [ *](\S+)\s*$/.exec(line));
  return new Map(
    lines.flatMap((match) => {
      const [, digest, file] = match ?? [];
      return digest === undefined || file === undefined ? [] : [[file, digest]];
    }),
  );
}

/** The same as text, sorted by file name: the same archives give the same bytes. */
export function formatChecksums(checksums: ReadonlyMap<string, string>): string {
  const sorted = [...checksums].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([file, digest]) => `${digest}  ${file}\n`).join("");
}
