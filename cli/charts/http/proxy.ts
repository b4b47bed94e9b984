import { isIP } from "node:net";
import { StrataError } from "../../../constructs/core/errors";
import type { Session } from "../../session";

/** How the outside is reached. */
export interface Route {
  /** The proxy for a host and port; `undefined` where it is reached directly. */
  proxyFor(host: string, port: number): URL | undefined;
}

/**
 * Reads `HTTPS_PROXY` and `NO_PROXY` (or their lower-case forms), as other programs read them: Node's own `fetch` knows
 * neither. `NO_PROXY` is a list of hosts, of domains with all below them, of `host:port`, or `*`. This machine itself is
 * always reached directly.
 */
export function routeOf(env: Session["env"]): Route {
  const text = env.HTTPS_PROXY || env.https_proxy || "";
  const proxy = text === "" ? undefined : proxyUrl(text);
  const exempt = (env.NO_PROXY || env.no_proxy || "")
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
  return {
    proxyFor: (host, port) =>
      isLoopback(host) || exempt.some((entry) => covers(entry, host.toLowerCase(), port)) ? undefined : proxy,
  };
}

function proxyUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Without a scheme, `proxy:3128` would be read as a URL of the scheme `proxy:`.
  const given = url?.protocol === "http:" || url?.protocol === "https:" ? url : parsed(`http://${text}`);
  if (given === undefined || (given !== url && text.includes("://"))) {
    throw StrataError.of({
      where: "HTTPS_PROXY",
      problem: "is not the address of an HTTP proxy",
      fix: "Write it as http://host:port, or unset it.",
    });
  }
  return given;
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || (isIP(host) === 4 && host.startsWith("127."));
}

function covers(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  const [name, only] = /^(.*):(\d+)$/.exec(entry)?.slice(1) ?? [entry, undefined];
  if (only !== undefined && Number(only) !== port) return false;
  const domain = (name ?? "").replace(/^\*?\./, "");
  return host === domain || host.endsWith(`.${domain}`);
}
