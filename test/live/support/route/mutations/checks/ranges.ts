import { BlockList, isIP } from "node:net";
import { CLOUDFLARE_RANGES } from "../../../../../../constructs/components/traefik/cloudflare-ranges";
import { sendAgain } from "../../send-again";
import type { World } from "../../world";

/** Who may connect to `edge`: Cloudflare as it publishes itself, and whoever is inside. */
const ADMITTED = [...CLOUDFLARE_RANGES, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** Addresses on both sides of both ends of every range, and some from elsewhere. */
export const CONNECTING: readonly string[] = [
  ...new Set([...ADMITTED.flatMap(edgesOf), "203.0.113.7", "192.0.2.7", "2001:db8::7", "8.8.8.8", "2a00::7"]),
];

/** Whether everybody who may connect to `edge` can, and nobody else. */
export async function rangeDeviations(world: World, addresses: readonly string[] = CONNECTING): Promise<string[]> {
  const { host, path } = { host: world.identityHost, path: "/" };
  const found = await Promise.all(
    addresses.map(async (address) => {
      const { status } = await sendAgain(world.traffic.direct("edge", { address }), { host, path });
      const comes = status !== 403;
      return comes === isAdmitted(address) ? [] : [`${address} ${comes ? "gets in" : "is kept out"}`];
    }),
  );
  return found.flat();
}

/** Whether an address is one that may connect to `edge`. */
export function isAdmitted(address: string): boolean {
  return admits(ADMITTED, address);
}

/** Whether an address is in one of some ranges. */
export function admits(ranges: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [base = "", bits] = range.split("/");
    list.addSubnet(base, Number(bits), familyOf(base));
  }
  return list.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

/** The first and last address of a range, and those next to it. */
export function edgesOf(range: string): string[] {
  const [base = "", bits] = range.split("/");
  const width = isIP(base) === 6 ? 128n : 32n;
  const first = numberOf(base);
  const size = 1n << (width - BigInt(Number(bits)));
  return [first - 1n, first, first + size / 2n, first + size - 1n, first + size]
    .filter((each) => each >= 0n && each < 1n << width)
    .map((each) => textOf(each, width));
}

function numberOf(address: string): bigint {
  if (isIP(address) === 4) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [before = "", after = ""] = address.split("::");
  const [head, tail] = [before, after].map((part) => part.split(":").filter((each) => each !== ""));
  const missing = 8 - (head?.length ?? 0) - (tail?.length ?? 0);
  const parts = [...(head ?? []), ...Array<string>(missing).fill("0"), ...(tail ?? [])];
  return parts.reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n);
}

function textOf(number: bigint, width: bigint): string {
  const [count, bits, radix, sign] = width === 32n ? [4, 8n, 10, "."] : [8, 16n, 16, ":"];
  const parts = Array.from({ length: Number(count) }, (_each, index) => {
    const shift = BigInt(bits) * BigInt(Number(count) - 1 - index);
    return ((number >> shift) & ((1n << BigInt(bits)) - 1n)).toString(Number(radix));
  });
  return parts.join(String(sign));
}
