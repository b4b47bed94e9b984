import { setTimeout as sleep } from "node:timers/promises";
import { deliver, type Visited } from "./deliver";
import type { Limited } from "./limited";

/** Nothing can be said of what was measured: this machine stood still meanwhile, or was too slow for it. */
export class Inconclusive extends Error {}

/** How often something is measured before it is given up, and how long to wait before the next time, longer each time. */
const TRIES = 6;
const PAUSE_MS = 500;

/** Measures until something can be said. @throws Inconclusive when that never is so */
export async function conclusive<T>(measure: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await measure();
    } catch (error) {
      if (!(error instanceof Inconclusive) || tried === TRIES) throw error;
    }
    await sleep(tried * PAUSE_MS);
  }
}

/** Traefik forgets a client of whom nothing came for a second, and with him what he has used up. */
const SILENCE_MS = 800;

/** One client who asks for more than he gets, without a pause, with the account of what he got. */
export class Flood {
  /** How many of his requests were not told to wait. */
  granted = 0;
  private readonly began = Date.now();
  private heard = this.began;
  private problem: string | undefined;

  constructor(
    private readonly world: Visited,
    private readonly limited: Limited,
    private readonly address = world.address(),
  ) {}

  /** Seconds since he has begun. */
  get seconds(): number {
    return (Date.now() - this.began) / 1000;
  }

  /** How many of some requests at once are not told to wait. @throws Inconclusive */
  async through(count: number, headers = {}): Promise<number> {
    const statuses = await this.statuses(count, { headers });
    if (statuses.includes(0)) this.problem ??= "connections broke";
    this.assertConclusive();
    return statuses.filter((status) => ![0, 429].includes(status)).length;
  }

  /** What became of some requests at once; 0 where the connection was ended before the whole request was sent. */
  async statuses(count: number, more: { readonly headers?: object; readonly body?: Buffer }): Promise<number[]> {
    this.mark();
    const { world, limited, address } = this;
    const sent = Array.from({ length: count }, async () => {
      const { status } = await deliver(world, limited, address, more);
      this.mark();
      if (![0, 429].includes(status)) this.granted += 1;
      return status;
    });
    return Promise.all(sent);
  }

  /** Something came of him, or was answered. */
  private mark(): void {
    const silence = Date.now() - this.heard;
    if (silence > SILENCE_MS) this.problem = `there was no request for ${silence} ms, this machine is too busy`;
    this.heard = Date.now();
  }

  private assertConclusive(): void {
    if (this.problem === undefined) return;
    const { method, table, path } = this.limited;
    throw new Inconclusive(`The limit of ${method} ${table.host}${path} cannot be measured: ${this.problem}.`);
  }
}
