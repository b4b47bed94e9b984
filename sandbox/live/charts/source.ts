import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { archiveName, CHECKSUMS_FILE, parseChecksums } from "../../../constructs/kubernetes/chart-mirror/format";
import type { ChartPin } from "../../../constructs/kubernetes/chart-pin";
import { Failure } from "../../run/failure";
import { sha256 } from "./archive";
import { standIn } from "./stand-in";

/** Where an archive comes from. A generic stand-in is one Deployment, for a chart that none was written for. */
export type ChartSource = "mirror" | "stand-in" | "generic stand-in";

/** A pinned chart with the archive that is served for it. */
export interface ServedArchive extends ChartPin {
  /** Name of the archive. */
  readonly file: string;
  readonly archive: Buffer;
  readonly sha256: string;
  readonly source: ChartSource;
  /** How often it was served. */
  served: number;
}

/**
 * Finds the archive for a chart: the real one where the mirror has it, otherwise a stand-in.
 *
 * @throws Failure when the mirror has another archive than was pulled into it: that is never replaced by a stand-in
 */
export async function archiveOf(pin: ChartPin, mirror: string | undefined): Promise<ServedArchive> {
  const file = archiveName(pin);
  const mirrored = mirror === undefined ? undefined : fromMirror(mirror, file);
  if (mirrored !== undefined) return { ...pin, file, ...mirrored, source: "mirror", served: 0 };
  const { archive, written } = await standIn(pin);
  const source = written ? "stand-in" : "generic stand-in";
  return { ...pin, file, archive, sha256: sha256(archive), source, served: 0 };
}

function fromMirror(folder: string, file: string): Pick<ServedArchive, "archive" | "sha256"> | undefined {
  const place = path.join(folder, file);
  if (!existsSync(place)) return undefined;
  const archive = readFileSync(place);
  const digest = sha256(archive);
  const checksums = path.join(folder, CHECKSUMS_FILE);
  const wanted = existsSync(checksums) ? parseChecksums(readFileSync(checksums, "utf8")).get(file) : undefined;
  if (digest === wanted) return { archive, sha256: digest };
  const problem =
    wanted === undefined ? `${CHECKSUMS_FILE} does not name it` : `its SHA-256 is not that of ${CHECKSUMS_FILE}`;
  throw new Failure(
    `${place} can't be trusted: ${problem}. Run \`npx strata charts pull --to ${folder}\`, or remove it.`,
  );
}
