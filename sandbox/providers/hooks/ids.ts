/** The form of ids at most APIs: a version 4 UUID. */
export function uuid(digest: string): string {
  const variant = "89ab"[Number.parseInt(digest.slice(16, 17), 16) % 4];
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}

/** The form of ids at Cloudflare: 32 hex digits. */
export function hex32(digest: string): string {
  return digest.slice(0, 32);
}

/** A number below a limit, from hex digits. */
export function numberFrom(digest: string, offset: number, limit: number): number {
  return Number.parseInt(digest.slice(offset, offset + 6), 16) % limit;
}

/** An address of the block that is kept for documentation and reaches nothing. */
export function publicAddress(digest: string): string {
  return `203.0.113.${1 + numberFrom(digest, 0, 254)}`;
}
