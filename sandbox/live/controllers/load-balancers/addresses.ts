import { createHash } from "node:crypto";

/** Addresses of one of the blocks that are kept for documentation; the simulated cloud gives out those of another. */
const BLOCK = "198.51.100";
const LAST = 254;

/**
 * Addresses of load balancers: the same name gets the same address in every run, and no two names share one. All
 * clusters of a process draw from one book.
 */
export class AddressBook {
  private readonly owners = new Map<string, string>();

  /** The address of a name: the one it has already, or the first free one from the place that its hash says. */
  take(name: string, current?: string): string | undefined {
    if (current !== undefined && this.isFor(name, current)) return this.give(current, name);
    const start = createHash("sha256").update(name).digest().readUInt32BE() % LAST;
    for (let step = 0; step < LAST; step++) {
      const address = `${BLOCK}.${1 + ((start + step) % LAST)}`;
      if (this.isFor(name, address)) return this.give(address, name);
    }
    return undefined;
  }

  /** Gives an address back. */
  release(name: string): void {
    for (const [address, owner] of this.owners) if (owner === name) this.owners.delete(address);
  }

  private isFor(name: string, address: string): boolean {
    return address.startsWith(`${BLOCK}.`) && (this.owners.get(address) ?? name) === name;
  }

  private give(address: string, name: string): string {
    this.release(name);
    this.owners.set(address, name);
    return address;
  }
}

/** The book of this process. */
export const ADDRESSES = new AddressBook();
