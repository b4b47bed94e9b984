import { randomUUID } from "node:crypto";
import path from "node:path";
import type { BrowserContext, Cookie, Page } from "puppeteer-core";
import { PROBE_HEADER, type Received } from "../../../../../sandbox/live/traffic";
import type { World } from "../world";

/** What a page came to. */
export interface Visit {
  /** Where the browser is in the end. */
  readonly url: URL;
  readonly status: number;
  /** All addresses on the way, the last one too. */
  readonly way: readonly URL[];
  /** What arrived behind the proxy on the way. */
  readonly received: readonly Received[];
}

/** What a browser asks for by itself, sooner or later. */
const ICON = "/favicon.ico";

/** Somebody at a browser of his own: cookies are kept from page to page, and known to nobody else. */
export class Visitor {
  private constructor(
    private readonly world: World,
    private readonly context: BrowserContext,
    private readonly page: Page,
  ) {}

  static async in(context: BrowserContext, world: World): Promise<Visitor> {
    return new Visitor(world, context, await context.newPage());
  }

  /** Opens a page, and goes where he is sent. */
  async open(address: string): Promise<Visit> {
    const id = randomUUID();
    await this.page.setExtraHTTPHeaders({ [PROBE_HEADER]: id });
    // An address that only differs by its fragment would not be asked for.
    await this.page.goto("about:blank");
    const response = await this.page.goto(address, { waitUntil: "domcontentloaded" });
    if (response === null) throw new Error(`${address} was not asked for.`);
    const before = response.request().redirectChain();
    return {
      url: new URL(this.page.url()),
      status: response.status(),
      way: [...before.map((each) => each.url()), response.url()].map((each) => new URL(each)),
      received: this.world.traffic.journal.of(id).filter(({ path: asked }) => asked !== ICON),
    };
  }

  /** Opens a page as somebody who logs in at the identity provider when he is asked to. */
  async logIn(address: string, name: string): Promise<Visit> {
    const asked = await this.open(address);
    if (asked.url.host !== this.world.identityHost) throw new Error(`${address} asks for no login: ${asked.url.href}`);
    const next = encodeURIComponent(asked.url.searchParams.get("next") ?? "");
    return this.open(`${asked.url.origin}/login?name=${name}&next=${next}`);
  }

  /** What `fetch` of the present page is told: the status, and whether it was sent elsewhere. */
  fetched(address: string): Promise<{ readonly status: number; readonly redirected: boolean }> {
    return this.page.evaluate(async (target) => {
      const { status, redirected } = await fetch(target);
      return { status, redirected };
    }, address);
  }

  /** Whether a WebSocket of the present page opens. */
  opensWebSocket(address: string): Promise<boolean> {
    return this.page.evaluate(
      (target) =>
        new Promise<boolean>((resolve) => {
          const socket = new WebSocket(target);
          socket.onopen = () => resolve(true);
          socket.onerror = () => resolve(false);
        }),
      address,
    );
  }

  /** What scripts of the present page see of cookies. */
  scriptCookies(): Promise<string> {
    return this.page.evaluate(() => document.cookie);
  }

  /** All cookies, whoever they are of. */
  cookies(): Promise<Cookie[]> {
    return this.context.cookies();
  }

  /** Forgets the cookies of a host. */
  async forget(host: string): Promise<void> {
    const own = (await this.cookies()).filter(({ domain }) => domain === host);
    await this.context.deleteCookie(...own);
  }

  /** Writes down what he sees. */
  async picture(folder: string): Promise<string> {
    const name = path.join(folder, `${new URL(this.page.url()).host || "nowhere"}-${Date.now()}`);
    await this.page.screenshot({ path: `${name}.png` });
    return `${name}.png`;
  }

  leave(): Promise<void> {
    return this.context.close();
  }
}
