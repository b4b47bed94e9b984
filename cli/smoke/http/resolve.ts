import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { StrataError } from "../../../constructs/core/errors";
import { errorField } from "../../error-field";

/** Where a host is reached. */
export interface Place {
  readonly address: string;
  /** @default - the usual port */
  readonly port?: number;
}

/** Finds the addresses of hosts. */
export interface Resolver {
  /** Whether the user said where the host is. */
  pinned(host: string): boolean;
  /** @throws Error when the name has no address */
  places(host: string): Promise<readonly Place[]>;
}

/**
 * A resolver that asks DNS once for each name, but for those that the user gave an address: `host=address`, with a port
 * where it is not the usual one.
 *
 * @throws StrataError for an entry that is not written like that
 */
export function resolver(entries: readonly string[]): Resolver {
  const given = new Map(entries.map(parse));
  const asked = new Map<string, Promise<readonly Place[]>>();
  return {
    pinned: (host) => given.has(host),
    places: async (host) => {
      const place = given.get(host);
      if (place !== undefined) return [place];
      const pending = asked.get(host) ?? lookup(host, { all: true });
      asked.set(host, pending);
      // What failed may be asked again.
      pending.catch(() => asked.delete(host));
      return pending;
    },
  };
}

/** What DNS said instead of an address, in words. */
export function lookupProblem(error: unknown): string {
  const code = errorField(error, "code");
  return code === "ENOTFOUND" ? "no such name" : code || "no answer";
}

function parse(entry: string): readonly [host: string, place: Place] {
  const [, host = "", v6, plain = "", port] =
    /^([^=]+)=(?:\[([^\]]+)\]|([^:]+|[^[\]]*:[^[\]]*:[^[\]]*))(?::(\d+))?$/.exec(entry) ?? [];
  const address = v6 ?? plain;
  if (isIP(address) !== 0 && (port === undefined || (Number(port) > 0 && Number(port) < 65_536))) {
    return [host.toLowerCase(), { address, port: port === undefined ? undefined : Number(port) }];
  }
  throw StrataError.of({
    where: "--resolve",
    problem: "is not a host with the address where it is reached",
    value: entry,
    fix: "Write it as in app.example.com=192.0.2.10, or =192.0.2.10:8443, or =[2001:db8::1]:8443.",
  });
}
