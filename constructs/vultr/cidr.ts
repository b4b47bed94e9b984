/** An IPv4 range. */
export interface Cidr {
  /** Network address, as written. */
  readonly address: string;
  readonly prefix: number;
  /** First and last address as numbers. */
  readonly first: number;
  readonly last: number;
}

/** Parses an IPv4 range in CIDR notation; undefined when it is none, or when its address has host bits. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = "", length = "", ...rest] = text.split("/");
  const bytes = address.split(".");
  const valid = bytes.length === 4 && bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) <= 255);
  const prefix = Number(length);
  if (!valid || rest.length > 0 || !/^\d{1,2}$/.test(length) || prefix > 32) return undefined;
  const first = bytes.reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { address, prefix, first, last: first + size - 1 } : undefined;
}

/** Whether two ranges share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether a range lies in one of the private ranges of RFC 1918. */
export function isPrivate(range: Cidr): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    .map(parseCidr)
    .some((outer) => outer !== undefined && outer.first <= range.first && range.last <= outer.last);
}
