import { seconds, type Terminal } from "../run/terminal";

const SIGNS = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"];
const TICK_MS = 120;
const COLUMNS = 100;

/** One line for each tool: it moves while the tool is built, and stays when it is done. */
export class BuildProgress {
  private timer: NodeJS.Timeout | undefined;
  private name = "";
  private started = 0;
  private ticks = 0;
  private packages = 0;
  private at = "";

  constructor(
    private readonly terminal: Terminal,
    private readonly width: number,
  ) {}

  start(name: string): void {
    Object.assign(this, { name, started: performance.now(), packages: 0, at: "" });
    if (this.terminal.live) this.timer = setInterval(() => this.draw(), TICK_MS);
  }

  update(packages: number, at: string): void {
    this.packages = packages;
    this.at = at;
  }

  /** Replaces the moving line by the outcome. */
  finish(good: boolean, outcome: string): void {
    this.stop();
    const { color } = this.terminal;
    const sign = good ? color.green("✓") : color.red("✗");
    const elapsed = seconds(performance.now() - this.started).padStart(8);
    this.terminal.line(`  ${sign} ${this.name.padEnd(this.width)}  ${elapsed}  ${outcome}`);
  }

  /** Takes the moving line away. */
  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.terminal.write("\r\u001b[2K");
  }

  private draw(): void {
    const { color } = this.terminal;
    const sign = color.cyan(SIGNS[this.ticks++ % SIGNS.length] ?? "-");
    const elapsed = seconds(performance.now() - this.started).padStart(8);
    const head = `${this.name.padEnd(this.width)}  ${elapsed}  `;
    const rest = `${this.packages} packages  ${this.at}`.slice(0, Math.max(0, COLUMNS - head.length));
    this.terminal.write(`\r\u001b[2K  ${sign} ${head}${color.dim(rest)}`);
  }
}

/** A size as people read it. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
}
