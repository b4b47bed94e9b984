/** IPv4 ranges of networks. */
import { isPrivate, overlaps, parseCidr } from "../../constructs/vultr/cidr";

/** Ranges that VKE uses inside its clusters. */
const IN_CLUSTER = ["10.244.0.0/16", "10.96.0.0/12"];

/** What is wrong with a range as that of a network; `undefined` if nothing is. */
export function cidrFault(text: string): { readonly problem: string; readonly fix: string } | undefined {
  const range = parseCidr(text);
  if (range === undefined) {
    return { problem: "this is no IPv4 range", fix: "Start it at its network address, such as 10.20.0.0/24." };
  }
  if (range.prefix < 16 || range.prefix > 28) {
    return { problem: "a network can't have this size", fix: "Write a prefix from /16 to /28." };
  }
  if (!isPrivate(range)) {
    return {
      problem: "this range is not private",
      fix: "Choose one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.",
    };
  }
  const taken = IN_CLUSTER.find((each) => {
    const other = parseCidr(each);
    return other !== undefined && overlaps(other, range);
  });
  return taken === undefined
    ? undefined
    : { problem: `this range overlaps ${taken}, which VKE uses for pods or services`, fix: "Choose another." };
}

/**
 * A range that depends on the name alone: adding a network moves no other. Two names may fall on one range; that is
 * refused and one of them states its own.
 */
export function deriveCidr(name: string): string {
  const slot = hash(name) % (SECOND_OCTETS.length * 256);
  return `10.${SECOND_OCTETS[Math.floor(slot / 256)]}.${slot % 256}.0/24`;
}

/** 10.0.0.0/8 without what VKE uses. */
const SECOND_OCTETS = Array.from({ length: 256 }, (_, octet) => octet).filter(
  (octet) => octet !== 244 && (octet < 96 || octet > 111),
);

/** FNV-1a with a final mix, so that names that differ in their last letter land far apart. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
