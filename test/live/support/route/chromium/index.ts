import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";
import { findProgram } from "../../programs";
import type { World } from "../world";
import { type Forwarder, startForwarder } from "./forwarder";
import { type Stranger, startStranger } from "./stranger";
import { trustingHome } from "./trust";
import { Visitor } from "./visitor";

/** A host that is not of this world: its certificate is signed by an authority that nobody trusts. */
export const STRANGE_HOST = "strange.example";

/** Programs of the distribution that it needs. */
export const BROWSER_PROGRAMS = ["chromium", "certutil"] as const;

/** Chromium before a world: every host is this machine, reached as through Cloudflare, and checked as any other. */
export class Chromium {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "strata-chromium-"));
  private readonly visitors: Visitor[] = [];
  private browser: Browser | undefined;
  private forwarder: Forwarder | undefined;
  private stranger: Stranger | undefined;

  constructor(private readonly world: World) {}

  async start(): Promise<void> {
    const { traefik, certificateAuthority } = this.world.traffic;
    this.forwarder = await startForwarder(traefik.ports.get("edge") ?? 0);
    const home = await trustingHome(this.folder, certificateAuthority, findProgram("certutil") ?? "certutil");
    this.stranger = await startStranger(STRANGE_HOST);
    const places = [`${STRANGE_HOST} 127.0.0.1:${this.stranger.port}`, `* 127.0.0.1:${this.forwarder.port}`];
    this.browser = await puppeteer.launch({
      executablePath: findProgram("chromium"),
      userDataDir: path.join(this.folder, "profile"),
      env: { PATH: process.env.PATH, HOME: home },
      args: [
        `--host-resolver-rules=${places.map((place) => `MAP ${place}`).join(",")}`,
        "--disable-quic",
        "--disable-gpu",
        // Chromium's own sandbox needs more than an unprivileged container has; it opens pages of this machine alone.
        "--no-sandbox",
        "--disable-dev-shm-usage",
      ],
    });
  }

  /** Somebody whom nobody knows yet. */
  async visitor(): Promise<Visitor> {
    if (this.browser === undefined) throw new Error("The browser was not started.");
    const visitor = await Visitor.in(await this.browser.createBrowserContext(), this.world);
    this.visitors.push(visitor);
    return visitor;
  }

  /** Does something that is expected to go well; when it does not, what everybody saw is kept, and said where. */
  async watched(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const folder = mkdtempSync(path.join(tmpdir(), "strata-browser-"));
      const pictures = await Promise.all(this.visitors.map((each) => each.picture(folder).catch(() => "")));
      const seen = pictures.filter((each) => each !== "");
      if (error instanceof Error) error.message += `\nWhat was seen then: ${seen.join(", ")}`;
      throw error;
    } finally {
      await Promise.all(this.visitors.splice(0).map((each) => each.leave()));
    }
  }

  async stop(): Promise<void> {
    await this.browser?.close();
    await this.forwarder?.stop();
    await this.stranger?.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
