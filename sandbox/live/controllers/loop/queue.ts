const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;

/** What is known of a name in the queue. */
interface Entry {
  readonly key: string;
  attempts: number;
  timer?: NodeJS.Timeout;
  working?: boolean;
  /** It was asked for again while it was worked on. */
  again?: boolean;
}

/** Does the work: answers with the milliseconds after which it wants to look again, if it does. */
export type Work = (key: string) => Promise<number | undefined>;

/**
 * Names of objects to work on. A name is worked on by one at a time, however often it is asked for, and again with
 * growing pauses when that fails.
 */
export class WorkQueue {
  private readonly entries = new Map<string, Entry>();
  private readonly waiting: Entry[] = [];
  private busy = 0;
  private stopped = false;
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly work: Work,
    private readonly onFailure: (key: string, error: unknown, attempts: number) => void,
    /** How many names are worked on at the same time. */
    private readonly workers = 4,
  ) {}

  /** Asks for a name to be worked on, now. */
  add(key: string): void {
    const entry = this.entries.get(key) ?? { key, attempts: 0 };
    this.entries.set(key, entry);
    if (entry.working) entry.again = true;
    else this.later(entry, 0);
  }

  /** Whether nothing is worked on, and nothing waits but for its time to come. */
  get isIdle(): boolean {
    return this.busy === 0 && this.waiting.length === 0;
  }

  /** Ends the queue when what is being worked on is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const { timer } of this.entries.values()) clearTimeout(timer);
    this.entries.clear();
    this.waiting.length = 0;
    if (this.busy > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  private later(entry: Entry, milliseconds: number): void {
    clearTimeout(entry.timer);
    if (this.stopped) return;
    const put = (): void => {
      entry.timer = undefined;
      if (!this.waiting.includes(entry)) this.waiting.push(entry);
      this.next();
    };
    if (milliseconds > 0) entry.timer = setTimeout(put, milliseconds);
    else put();
  }

  private next(): void {
    if (this.busy >= this.workers) return;
    const entry = this.waiting.shift();
    if (entry === undefined) return;
    this.busy++;
    entry.working = true;
    void this.attempt(entry).finally(() => {
      this.busy--;
      if (this.stopped && this.busy === 0) this.onIdle?.();
      this.next();
    });
  }

  private async attempt(entry: Entry): Promise<void> {
    let pause: number | undefined;
    try {
      pause = await this.work(entry.key);
      entry.attempts = 0;
    } catch (error) {
      pause = Math.min(FIRST_RETRY_MS * 2 ** entry.attempts, LONGEST_RETRY_MS);
      entry.attempts++;
      this.onFailure(entry.key, error, entry.attempts);
    }
    entry.working = false;
    if (entry.again) {
      entry.again = false;
      // What fails is not hurried by those who ask for it.
      this.later(entry, entry.attempts > 0 ? (pause ?? 0) : 0);
    } else if (pause !== undefined) this.later(entry, pause);
    else this.entries.delete(entry.key);
  }
}
