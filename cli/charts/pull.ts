import type { Issue } from "../../constructs/core/errors";
import { archiveName, isMirrorable } from "../../constructs/kubernetes/chart-mirror/format";
import type { ChartPin } from "../../constructs/kubernetes/chart-pin";
import { checkArchive, sha256 } from "./archive";
import type { HttpReader } from "./http";
import { FetchProblem } from "./http/problem";
import type { MirrorFolder } from "./mirror-folder";
import { fetchFromRegistry } from "./registry";
import { ChartRepositories, type Fetched } from "./repository";

/** What became of one chart. */
export interface Pulled extends ChartPin {
  readonly file: string;
  readonly outcome: "downloaded" | "kept" | "failed";
  /** Of the archive in the mirror. @default - none: it failed */
  readonly sha256?: string;
  /** Whether its repository says a digest, and the archive has it. @default - not fetched */
  readonly vouched?: boolean;
}

export interface PullResult {
  /** In the order of the pins. */
  readonly charts: readonly Pulled[];
  /** One for each chart that failed. */
  readonly issues: readonly Issue[];
}

export interface PullOptions {
  readonly mirror: MirrorFolder;
  readonly http: HttpReader;
  /** Called as each chart is done. */
  readonly onChart: (chart: Pulled) => void;
}

/** How many charts are fetched at once. */
const WIDTH = 4;

/** Brings every pinned chart into the mirror; what is there with its checksum is left alone. */
export async function pullCharts(pins: readonly ChartPin[], options: PullOptions): Promise<PullResult> {
  const { mirror, onChart } = options;
  const issues: Issue[] = [];
  const repositories = new ChartRepositories(options.http);
  mirror.clean();

  async function pull(pin: ChartPin): Promise<Pulled> {
    const file = archiveName(pin);
    try {
      refuseUnfit(pin, pins);
      if (mirror.state(pin) === "present") return { ...pin, file, outcome: "kept", sha256: mirror.checksum(pin) };
      const { archive, vouched } = await fetch(pin, options.http, repositories);
      await checkArchive(archive, pin);
      refuseChanged(mirror.checksum(pin), archive);
      mirror.put(pin, archive);
      return { ...pin, file, outcome: "downloaded", sha256: sha256(archive), vouched };
    } catch (error) {
      if (!(error instanceof FetchProblem)) throw error;
      const where = `${pin.chart} ${pin.version}`;
      issues.push({ where, problem: `${error.message} (from ${pin.repository})`, fix: error.fix });
      return { ...pin, file, outcome: "failed" };
    }
  }

  const charts = await inParallel(pins, WIDTH, async (pin) => {
    const result = await pull(pin);
    onChart(result);
    return result;
  });
  return { charts, issues: issues.sort((a, b) => (a.where < b.where ? -1 : 1)) };
}

function fetch(pin: ChartPin, http: HttpReader, repositories: ChartRepositories): Promise<Fetched> {
  if (/^oci:\/\/[^/]+/.test(pin.repository)) return fetchFromRegistry(http, pin);
  if (/^https:\/\/[^/]+/.test(pin.repository)) return repositories.fetch(pin);
  throw new FetchProblem("its repository is neither https:// nor oci://", "Use a repository of one of these kinds.");
}

function refuseUnfit(pin: ChartPin, pins: readonly ChartPin[]): void {
  if (!isMirrorable(pin))
    throw new FetchProblem("its name or version can't stand in the name of a file", "Correct it.");
  const twin = pins.find((other) => archiveName(other) === archiveName(pin) && other.repository !== pin.repository);
  if (twin === undefined) return;
  const fix = "A mirror holds one archive of each name and version: use one of the repositories.";
  throw new FetchProblem(`the same chart comes from ${twin.repository} too`, fix);
}

/** A version that was pulled once never changes: whoever changes it may do so with any intent. */
function refuseChanged(recorded: string | undefined, archive: Buffer): void {
  if (recorded === undefined || recorded === sha256(archive)) return;
  throw new FetchProblem(
    "the repository serves another archive than the one whose SHA-256 stands in checksums.txt",
    "Find out why it was changed; to take the new one, remove its line from checksums.txt.",
  );
}

async function inParallel<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
