import type { World } from "./world";
import { MEMBER, OUTSIDER } from "./world";

/** A login as a browser goes through it. */
export function loginTests(world: World): void {
  const { application, rendered } = world;
  const [gate] = rendered.gates;
  const setting = (name: string): string => new RegExp(`^${name} = "(.*)"$`, "m").exec(gate?.toml ?? "")?.[1] ?? "";
  const deep = `https://${application.host}/acme/website/reports?range=30d&name=a%20b`;
  const loginUrl = new URL(setting("redirect_url"));

  describe("a login", () => {
    test("leads back to the very page that was asked for", async () => {
      const page = await world.browser().logIn(deep, MEMBER.name);
      const [received] = world.received(page);
      expect([page.url.href, page.status]).toEqual([deep, 200]);
      expect(received?.path).toBe("/acme/website/reports?range=30d&name=a%20b");
    });

    test("goes over the identity provider, and once", async () => {
      const browser = world.browser();
      await browser.logIn(deep, MEMBER.name);
      const again = await browser.open(deep);
      expect(again.way).toEqual([deep]);
    });

    test("shows nothing to somebody who is in none of the gate's groups", async () => {
      const browser = world.browser();
      const page = await browser.logIn(deep, OUTSIDER.name);
      expect([page.status, world.received(page).filter(({ by }) => by.includes("op-"))]).toEqual([403, []]);
      expect((await browser.ask(new URL(deep))).status).toBe(302);
    });

    test("leaves a cookie that scripts and other sites can't use", async () => {
      const browser = await world.logIn(MEMBER);
      const cookie = browser.cookies.find(({ name }) => name === setting("cookie_name"));
      expect(cookie?.attributes).toEqual(expect.arrayContaining(["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]));
    });

    test.failing("leaves a cookie that goes to gated hosts alone", async () => {
      const browser = await world.logIn(MEMBER);
      const others = rendered.tables.filter(({ routes }) => routes.every((row) => row.class !== "gated"));
      const told = others.filter(({ host }) => browser.cookiesFor(`https://${host}/`).includes(setting("cookie_name")));
      // The gate's own host made it.
      expect(told.map(({ host }) => host).filter((host) => host !== loginUrl.host)).toEqual([]);
    });

    test("ends with the logout, for the cookie too", async () => {
      const browser = await world.logIn(MEMBER);
      const cookie = browser.cookiesFor(deep);
      const out = new URL(`https://${loginUrl.host}${setting("proxy_prefix")}/sign_out?rd=${encodeURIComponent(deep)}`);
      const { status, headers } = await browser.ask(out);
      expect([status, headers.location]).toEqual([302, deep]);
      expect(browser.cookiesFor(deep)).not.toContain(setting("cookie_name"));
      const replayed = await world.browser().ask(new URL(deep), { headers: { cookie } });
      // The session was in the store, so a cookie that was kept is worth nothing.
      if (process.env.STRATA_TOOL_OAUTH2_PROXY === undefined) expect(replayed.status).toBe(302);
    });

    test.each(["https://evil.example/", "//evil.example/", "https://acme.example.evil.example/", "/\\evil.example/"])(
      "never leads to %s",
      async (address) => {
        const browser = world.browser();
        const start = `https://${loginUrl.host}${setting("proxy_prefix")}/start?rd=${encodeURIComponent(address)}`;
        const { way } = await browser.logIn(start, MEMBER.name).catch(({ message }) => ({ way: [String(message)] }));
        expect(way.filter((each) => URL.parse(each)?.host.includes("evil"))).toEqual([]);
      },
    );

    test("that somebody else began is not finished", async () => {
      const begun = await world.browser().ask(new URL(deep));
      const { location = "" } = begun.headers;
      const victim = world.browser();
      const page = await victim.logIn(location, MEMBER.name);
      expect([page.status, victim.cookies.some(({ name }) => name === setting("cookie_name"))]).toEqual([403, false]);
    });

    test.each([
      ["X-Forwarded-Host", "evil.example"],
      ["X-Forwarded-Uri", "//evil.example/"],
      ["X-Auth-Request-Redirect", "https://evil.example/"],
    ])("is not led astray by a forged %s", async (name, value) => {
      const browser = world.browser();
      const { headers } = await browser.ask(new URL(deep), { headers: { [name]: value } });
      const page = await browser.logIn(headers.location ?? "", MEMBER.name);
      expect([new URL(headers.location ?? "").host, page.url.href]).toEqual([world.identityHost, deep]);
    });
  });

  describe("a script without a session", () => {
    const api = application.routes.find((row) => row.class === "gated" && row.path !== "/")?.path ?? "/api";
    const status = async (headers: Record<string, string>) =>
      (await world.visit(application).send({ host: application.host, path: `${api}/trpc/user.me`, headers })).status;

    test("is told 401 when it would have JSON", async () =>
      expect(await status({ accept: "application/json" })).toBe(401));
    test("is told 401 when JSON is one of several", async () => {
      expect(await status({ accept: "application/json, text/plain, */*" })).toBe(401);
    });
    // What `fetch` sends by itself, and with it OpenPanel's dashboard.
    test.failing("is told 401 when it would have anything", async () => {
      expect(await status({ accept: "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" })).toBe(401);
    });
    test.failing("is told 401 when it says that it is one", async () => {
      expect(await status({ accept: "*/*", "x-requested-with": "XMLHttpRequest" })).toBe(401);
    });
  });
}
