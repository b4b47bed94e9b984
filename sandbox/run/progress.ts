import { existsSync } from "node:fs";
import { lockFileOf, readState } from "./states";
import { seconds, type Terminal } from "./terminal";

const SIGNS = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"];
const TICK_MS = 100;

interface Line {
  readonly id: string;
  status: "waiting" | "working" | "done";
  since: number;
  elapsed: number;
  resources: number;
}

/**
 * Watches the stacks of a run through Terraform's own locks: they are there exactly while a stack is worked on, and
 * unlike the output of cdktf they lose nothing. Shows one line for each stack.
 */
export class Progress {
  private readonly lines: Line[];
  private readonly width: number;
  private timer: NodeJS.Timeout | undefined;
  private drawn = 0;
  private ticks = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly stateFolder: string,
    ids: readonly string[],
    /** Once the sandbox stops, other lines are written: these must not move any more. */
    private readonly isStopping: () => boolean = () => false,
  ) {
    this.lines = ids.map((id) => ({ id, status: "waiting", since: 0, elapsed: 0, resources: 0 }));
    this.width = Math.max(0, ...ids.map((id) => id.length));
  }

  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Ends the watch; what still is at work is shown as it stands. */
  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.look();
    this.show();
  }

  /** How long each stack was worked on, in milliseconds. */
  times(): Map<string, number> {
    return new Map(this.lines.map(({ id, elapsed }) => [id, elapsed]));
  }

  private tick(): void {
    this.ticks++;
    this.look();
    this.show();
  }

  private show(): void {
    if (this.terminal.live && !this.isStopping()) this.draw();
  }

  private look(): void {
    const now = performance.now();
    for (const line of this.lines) {
      const locked = existsSync(lockFileOf(this.stateFolder, line.id));
      if (locked && line.status !== "working") Object.assign(line, { status: "working", since: now - line.elapsed });
      if (line.status !== "working") continue;
      line.elapsed = now - line.since;
      if (!locked) this.finish(line);
    }
  }

  private finish(line: Line): void {
    line.status = "done";
    line.resources = readState(this.stateFolder, line.id).size;
    if (!this.terminal.live) this.terminal.line(`  ${this.text(line)}`);
  }

  private draw(): void {
    const { color } = this.terminal;
    const text = this.lines.map((line) => {
      if (line.status === "waiting") return color.dim(`  · ${line.id}`);
      if (line.status === "done") return `  ${color.green("✓")} ${this.text(line)}`;
      return `  ${color.cyan(SIGNS[this.ticks % SIGNS.length] ?? "-")} ${line.id.padEnd(this.width)}  ${seconds(line.elapsed)}`;
    });
    const up = this.drawn === 0 ? "" : `\u001b[${this.drawn}A`;
    this.terminal.write(`${up}${text.map((each) => `\u001b[2K${each}\n`).join("")}`);
    this.drawn = text.length;
  }

  private text({ id, resources, elapsed }: Line): string {
    return `${id.padEnd(this.width)}  ${String(resources).padStart(4)} resources  ${seconds(elapsed).padStart(7)}`;
  }
}
