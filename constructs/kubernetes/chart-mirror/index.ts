import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { IConstruct } from "constructs";
import { addRule, type Finding } from "../../core/rules";
import type { ChartPin } from "../chart-pin";
import { archiveName, CHECKSUMS_FILE, isMirrorable, parseChecksums } from "./format";
import { MIRROR_PATH } from "./pins";

/** An archive that a program takes from its mirror. */
export interface MirroredArchive {
  /** Name of the file. */
  readonly file: string;
  readonly content: Buffer;
}

const mirrors = new WeakMap<IConstruct, ChartMirror>();

/**
 * Makes every pinned chart of a program come from a folder instead of its repository: for places without a network. An
 * archive that is missing, or is not the one that was pulled, is refused at synth.
 *
 * @param root - the app; called before its stacks are built
 * @param folder - folder that `strata charts pull` has filled
 */
export function useChartMirror(root: IConstruct, folder: string): void {
  const mirror = new ChartMirror(folder);
  mirrors.set(root, mirror);
  addRule(root, () => mirror.findings());
}

/** Where a release takes its chart from: the mirror of the program, or the chart's own repository. */
export function chartSource(scope: IConstruct, pin: ChartPin): ChartPin {
  const mirror = mirrors.get(scope.node.root);
  // A chart without a repository stands beside the stacks already.
  return mirror === undefined || pin.repository === "" ? pin : mirror.use(pin);
}

/** The archives that a program uses of its mirror, to be written beside its stacks. */
export function mirroredArchives(root: IConstruct): readonly MirroredArchive[] {
  return mirrors.get(root)?.archives() ?? [];
}

class ChartMirror {
  private readonly pins = new Map<string, ChartPin>();
  private readonly clashes: Finding[] = [];

  constructor(private readonly folder: string) {}

  use(pin: ChartPin): ChartPin {
    const file = archiveName(pin);
    const known = this.pins.get(file);
    if (known !== undefined && known.repository !== pin.repository) {
      this.clashes.push({
        problem: `${pin.chart} ${pin.version} comes from two repositories, ${known.repository} and ${pin.repository}`,
        fix: "A mirror holds one archive of each name and version: use one of the repositories.",
      });
    }
    this.pins.set(file, pin);
    return { chart: `${MIRROR_PATH}${file}`, repository: "", version: pin.version };
  }

  findings(): Finding[] {
    if (!existsSync(this.folder)) return [{ problem: `the chart mirror ${this.folder} is not there`, fix: PULL }];
    return [...this.clashes, ...[...this.pins].flatMap(([file, pin]) => this.check(file, pin))];
  }

  archives(): MirroredArchive[] {
    return [...this.pins.keys()].sort().map((file) => ({ file, content: this.read(file) }));
  }

  private check(file: string, pin: ChartPin): Finding[] {
    const what = `${pin.chart} ${pin.version}`;
    if (!isMirrorable(pin)) {
      return [{ problem: `${what} can't be the name of a file`, fix: "Use a chart with a plain name and version." }];
    }
    const wrong = (problem: string): Finding[] => [
      { problem: `the chart mirror ${this.folder} ${problem}`, fix: PULL },
    ];
    if (!existsSync(path.join(this.folder, file))) return wrong(`has no ${what}`);
    const wanted = this.checksums().get(file);
    if (wanted === undefined) return wrong(`has no checksum of ${what} in its ${CHECKSUMS_FILE}`);
    if (createHash("sha256").update(this.read(file)).digest("hex") === wanted) return [];
    return wrong(`has another ${what} than was pulled: its ${CHECKSUMS_FILE} has another SHA-256`);
  }

  private read(file: string): Buffer {
    return readFileSync(path.join(this.folder, file));
  }

  private checksums(): Map<string, string> {
    const file = path.join(this.folder, CHECKSUMS_FILE);
    return parseChecksums(existsSync(file) ? readFileSync(file, "utf8") : "");
  }
}

const PULL = "Run `npx strata charts pull` where the chart's repository can be reached.";
