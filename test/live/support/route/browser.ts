import type { Answer, Request } from "../../../../sandbox/live/traffic";

/** A cookie as a browser keeps it. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Domain below which it is sent; without one, to its own host alone. */
  readonly domain?: string;
  readonly host: string;
  readonly path: string;
  readonly attributes: readonly string[];
}

/** A page that a browser came to in the end. */
export interface Page extends Answer {
  readonly url: URL;
  /** All addresses on the way, the last one too. */
  readonly way: readonly string[];
}

const MOST_REDIRECTS = 12;

/** A browser: it keeps cookies by host and domain, and follows redirects. */
export class Browser {
  readonly cookies: Cookie[] = [];

  constructor(private readonly send: (request: Request) => Promise<Answer>) {}

  /** Opens a page and goes where it is sent. */
  async open(address: string, more: Partial<Request> = {}): Promise<Page> {
    const way: string[] = [];
    for (let url = new URL(address); ; ) {
      way.push(url.href);
      const answer = await this.ask(url, more);
      const { location } = answer.headers;
      if (location === undefined || answer.status < 300 || answer.status > 399) return { ...answer, url, way };
      if (way.length > MOST_REDIRECTS) throw new Error(`Redirected in a circle: ${way.slice(-3).join(" -> ")}`);
      url = new URL(location, url);
    }
  }

  /** Asks for one page, and goes nowhere. */
  async ask(url: URL, more: Partial<Request> = {}): Promise<Answer> {
    const headers = {
      accept: "text/html,application/xhtml+xml,*/*;q=0.8",
      cookie: this.cookiesFor(url.href),
      ...more.headers,
    };
    const answer = await this.send({ host: url.host, path: `${url.pathname}${url.search}`, ...more, headers });
    for (const line of answer.headers["set-cookie"] ?? []) this.keep(line, url.host);
    return answer;
  }

  /** Opens a page as somebody who logs in when he is asked to. */
  async logIn(address: string, name: string): Promise<Page> {
    const page = await this.open(address);
    if (page.url.pathname !== "/login") return page;
    const next = page.url.searchParams.get("next") ?? "/";
    return this.open(`${page.url.origin}/login?name=${name}&next=${encodeURIComponent(next)}`);
  }

  /** What it would send to an address. */
  cookiesFor(address: string): string {
    const { host, pathname } = new URL(address);
    const sent = this.cookies.filter(
      ({ host: own, domain, path }) =>
        (domain === undefined ? own === host : host === domain || host.endsWith(`.${domain}`)) &&
        pathname.startsWith(path),
    );
    return sent.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  private keep(line: string, host: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    const domain = attributes.find((each) => each.startsWith("Domain="))?.replace(/^Domain=\.?/, "");
    const path = attributes.find((each) => each.startsWith("Path="))?.replace("Path=", "") ?? "/";
    // A browser takes no cookie for a domain that the host is not in, and none whose name promises more than it is.
    if (domain !== undefined && host !== domain && !host.endsWith(`.${domain}`)) return;
    if (/^__(Secure|Host)-/.test(name) && !attributes.includes("Secure")) return;
    if (name.startsWith("__Host-") && (domain !== undefined || path !== "/")) return;
    const place = domain ?? host;
    const others = this.cookies.filter((each) => each.name !== name || (each.domain ?? each.host) !== place);
    const ended = attributes.includes("Max-Age=0") || value === "";
    this.cookies.splice(
      0,
      this.cookies.length,
      ...others,
      ...(ended ? [] : [{ name, value, ...(domain !== undefined && { domain }), host, path, attributes }]),
    );
  }
}
