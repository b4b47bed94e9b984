import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { partsOf } from "./containers";
import { addressesAt } from "./json-address";
import { type Encoding, needlesOf } from "./needles";
import { type Hit, Search } from "./search";
import type { Canary } from "./secret";

/** A secret at a place; never its value. */
export interface Finding {
  /** The secret's path and key. */
  readonly secret: string;
  readonly encoding: Encoding;
  /**
   * The file or stream, behind `!` what it holds packed, and behind `#` the address of the resource, as in
   * `plans/l3-data-prod.tfplan!tfstate#data.terraform_remote_state.l1-cluster-prod`.
   */
  readonly place: string;
  /** In bytes, where it stands there first. */
  readonly offset: number;
}

/** Archives in archives are opened so far. */
const DEEPEST = 6;

/** Looks for known values in files and streams, however they are written and packed there. */
export class Scanner {
  private readonly search: Search;

  /** @throws TooShort for a value that cannot be recognised */
  constructor(canaries: Iterable<Canary>) {
    this.search = new Search([...canaries].flatMap(needlesOf));
  }

  /**
   * Every file below a folder; a link is looked at and not followed.
   *
   * @param label what stands in front of the files' names. @default - nothing
   */
  folder(folder: string, label = ""): readonly Finding[] {
    return filesBelow(folder).flatMap((file) => {
      const full = path.posix.join(label, path.relative(folder, file).split(path.sep).join("/"));
      const name = this.withoutValues(full);
      const stat = lstatSync(file, { throwIfNoEntry: false });
      const named = this.stream(`${name} (its name)`, full);
      if (stat?.isSymbolicLink()) return [...named, ...this.stream(name, readlinkSync(file))];
      // Sockets and pipes hold nothing.
      return stat?.isFile() ? [...named, ...this.stream(name, readFileSync(file))] : named;
    });
  }

  /** What was written to a stream, such as the output of a command. */
  stream(name: string, content: string | Buffer): readonly Finding[] {
    return this.bytes(name, Buffer.from(content), 0);
  }

  /** A name that is a value must not be told. */
  private withoutValues(name: string): string {
    const bytes = Buffer.from(name);
    for (const { needle, offset } of this.search.find(bytes)) bytes.fill("*", offset, offset + needle.bytes.length);
    return bytes.toString();
  }

  private bytes(name: string, bytes: Buffer, depth: number): readonly Finding[] {
    const hits = this.search.find(bytes);
    const offsets = hits.map(({ offset }) => offset);
    const addresses = addressesAt(bytes, offsets);
    const own = firstOf(hits.map((hit) => findingOf(name, hit, addresses.get(hit.offset))));
    const parts = depth < DEEPEST ? partsOf(bytes) : [];
    return [...own, ...parts.flatMap((part) => this.bytes(`${name}!${part.name}`, part.bytes, depth + 1))];
  }
}

function findingOf(name: string, { needle, offset }: Hit, address: string | undefined): Finding {
  const place = address === undefined ? name : `${name}#${address}`;
  return { secret: needle.id, encoding: needle.encoding, place, offset };
}

/** A value is recognised by several texts, and one at each place is enough. */
function firstOf(findings: readonly Finding[]): readonly Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.secret}\n${finding.encoding}\n${finding.place}`;
    if (!first.has(key)) first.set(key, finding);
  }
  return [...first.values()];
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
