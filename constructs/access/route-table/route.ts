/**
 * Who may use a route.
 *
 * - `public`: anyone, on purpose
 * - `machine`: programs with credentials of their own, which the application checks
 * - `gated`: people who passed a Portal Gate
 * - `denied`: nobody
 */
export const ROUTE_CLASSES = ["denied", "public", "machine", "gated"] as const;
export type RouteClass = (typeof ROUTE_CLASSES)[number];

export type HttpMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A Service of the application's namespace. */
export interface RouteBackend {
  readonly service: string;
  readonly port: number;
}

interface RouteBase {
  /** Short unique id in its table, such as `track`; names the Kubernetes objects. */
  readonly name: string;
  /** Path as the client sends it. */
  readonly path: string;
  /** `exact` matches the path alone, `prefix` the path and everything below it. */
  readonly match: "exact" | "prefix";
  /** @default - every method */
  readonly methods?: readonly HttpMethod[];
}

/** What the ingress keeps from a backend that anybody can reach. */
interface Limited {
  readonly backend: RouteBackend;
  /** Prefix taken off before the backend sees the path. @default - none */
  readonly stripPrefix?: string;
  /** Requests a second from one client address. @default - not limited here */
  readonly rateLimit?: { readonly average: number; readonly burst: number };
  /** Largest request body in bytes. @default - not limited here */
  readonly maxBodyBytes?: number;
}

/** A row of a route table. A gated row names its gate; no other row can have one. */
export type Route =
  | (RouteBase & Limited & { readonly class: "public" })
  | (RouteBase & Limited & { readonly class: "machine" })
  | (RouteBase & {
      readonly class: "gated";
      /** Name of a gate of the cluster. */
      readonly gate: string;
      readonly backend: RouteBackend;
      readonly stripPrefix?: string;
    })
  | (RouteBase & { readonly class: "denied" });
