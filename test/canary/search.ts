import type { Needle } from "./needles";

/** A needle that was found. */
export interface Hit {
  readonly needle: Needle;
  /** In bytes from the beginning. */
  readonly offset: number;
}

/** Looks for thousands of texts at once: one pass, whatever their number. */
export class Search {
  private readonly byFirstBytes = new Map<number, Needle[]>();
  /** Tells nearly every place at once that nothing begins there. */
  private readonly firstTwo = new Uint8Array(0x10000);

  /** @param needles each of four bytes or more */
  constructor(needles: Iterable<Needle>) {
    for (const needle of needles) {
      const key = needle.bytes.readUInt32LE(0);
      this.byFirstBytes.set(key, [...(this.byFirstBytes.get(key) ?? []), needle]);
      this.firstTwo[needle.bytes.readUInt16LE(0)] = 1;
    }
  }

  /** Every needle at every place, in the order of their places. */
  find(bytes: Buffer): readonly Hit[] {
    const hits: Hit[] = [];
    const { firstTwo, byFirstBytes } = this;
    let last = bytes[0] ?? 0;
    for (let offset = 0; offset + 4 <= bytes.length; offset++) {
      const next = bytes[offset + 1] ?? 0;
      const known = firstTwo[last | (next << 8)] === 1;
      last = next;
      if (!known) continue;
      for (const needle of byFirstBytes.get(bytes.readUInt32LE(offset)) ?? []) {
        const end = offset + needle.bytes.length;
        if (end <= bytes.length && needle.bytes.compare(bytes, offset, end) === 0) hits.push({ needle, offset });
      }
    }
    return hits;
  }
}
