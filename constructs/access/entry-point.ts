/**
 * Where traffic enters a cluster; a route names one.
 *
 * - `edge`: proxied hosts; Cloudflare connects, and says in headers of its own who the client is
 * - `machine`: DNS-only hosts; the client connects itself
 */
export type EntryPointName = "edge" | "machine";

export const ENTRY_POINTS: readonly EntryPointName[] = ["edge", "machine"];

/**
 * Which address of `X-Forwarded-For`, from the right, is the client's; 0 is who connected. At `edge` that is Cloudflare,
 * which adds the client: counting connections there would give all clients of one of its servers a single limit.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ratelimit/
 */
export const CLIENT_DEPTH: Readonly<Record<EntryPointName, number>> = { edge: 1, machine: 0 };

/** A rate limit that counts clients, wherever they come in. */
export function rateLimit(limit: { readonly average: number; readonly burst: number }, entryPoint: EntryPointName) {
  return { rateLimit: { ...limit, sourceCriterion: { ipStrategy: { depth: CLIENT_DEPTH[entryPoint] } } } };
}
