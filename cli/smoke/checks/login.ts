import { type Answer, header, withoutQuery } from "../http/answer";
import type { Row } from "../program/rows";
import type { Problem } from "./result";

/** What a browser was asked for when it was sent to a login. */
export interface Asked {
  readonly host: string;
  /** Path and query. */
  readonly target: string;
}

/** Whether an answer is a redirect. */
export function isRedirect({ status }: Answer): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** Where a redirect leads; `undefined` for none, and for an address that is none. */
export function destination(answer: Answer, { host, target }: Asked): URL | undefined {
  const location = header(answer, "location");
  const base = `https://${host}${target}`;
  return isRedirect(answer) && location !== "" && URL.canParse(location, base) ? new URL(location, base) : undefined;
}

/**
 * Whether an address is a login: on a host that has logins, or below `/oauth2` of the page's own host, where a gate that
 * keeps its cookies to one host has them.
 */
export function isLogin(url: URL, asked: Asked, loginHosts: ReadonlySet<string>): boolean {
  return loginHosts.has(url.hostname) || (url.hostname === asked.host && isGatePath(url.pathname));
}

/** Whether a path is one of a gate's own. */
export function isGatePath(path: string): boolean {
  return path === "/oauth2" || path.startsWith("/oauth2/");
}

/** Path on a gated row's own host where its gate takes the code of a login: beside the page that Traefik asks. */
export function callbackPath({ rendered: { treatment } }: Row): string {
  const { gate = "" } = treatment;
  return URL.canParse(gate) ? new URL("callback", gate).pathname : "/oauth2/callback";
}

/**
 * What is wrong with a redirect to the login, if anything. It leads straight to the identity provider, and names the
 * asked host as the one that gets the code: of another host's login nothing would reach this one.
 *
 * @returns the problem and what was seen, without the query, which carries what only the browser may know
 */
export function loginProblem(
  url: URL,
  asked: Asked & { readonly callback: string },
  loginHosts: ReadonlySet<string>,
): { readonly problem: Problem; readonly got: string } | undefined {
  const to = `sent to ${withoutQuery(url.href)}`;
  if (!loginHosts.has(url.hostname)) return { problem: "login", got: `${to}, which is not the gate's login` };
  if (url.protocol !== "https:") return { problem: "login", got: `${to}, which is not encrypted` };
  const back = url.searchParams.get("redirect_uri");
  if (back === null || !URL.canParse(back) || !url.searchParams.has("client_id")) {
    return { problem: "login", got: `${to}, where nobody is asked to log in` };
  }
  const { protocol, host, pathname } = new URL(back);
  if (protocol !== "https:" || host !== asked.host || pathname !== asked.callback) {
    return { problem: "login", got: `${to}, which would send the login's code to ${withoutQuery(back)}` };
  }
  // Below the gate's own path nobody has a page to come back to.
  if (!isGatePath(asked.target) && !keepsDeepLink(url, asked)) {
    return { problem: "deep-link", got: `${to}, without the page that was asked for` };
  }
  return undefined;
}

/** Where gates keep the page to come back to: in `state`, behind a random text and a colon. */
function keepsDeepLink(url: URL, { host, target }: Asked): boolean {
  const pages = [`https://${host}${target}`, target];
  return url.searchParams
    .getAll("state")
    .some((value) =>
      [value, Buffer.from(value, "base64url").toString("utf8")].some((text) =>
        pages.some((page) => text === page || text.endsWith(`:${page}`)),
      ),
    );
}
