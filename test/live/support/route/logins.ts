import { gatePath, redirectUri } from "../../../../constructs/access/portal-gate";
import { gatesApart, MEMBER, memberOf, OUTSIDER } from "./people";
import { gatesOf } from "./program";
import type { World } from "./world";

/** A login as a browser goes through it, on each host that a gate guards. */
export function loginTests(world: World): void {
  const guarded = world.gated.flatMap((table) =>
    gatesOf(table).map(({ name }) => ({ host: table.host, gate: name, table })),
  );

  describe.each(guarded)("a login to $host", ({ host, gate, table }) => {
    const deep = `https://${host}/acme/website/reports?range=30d&name=a%20b`;
    const own = (page: string): string => `https://${host}${gatePath(gate)}/${page}`;
    const name = world.cookieOf(gate);

    test("leads back to the very page that was asked for", async () => {
      const page = await world.browser().logIn(deep, MEMBER.name);
      const [received] = world.received(page);
      expect([page.url.href, page.status]).toEqual([deep, 200]);
      expect(received?.path).toBe("/acme/website/reports?range=30d&name=a%20b");
    });

    test("comes back from the identity provider to the same host, by an address that is declared there", async () => {
      const { way } = await world.browser().logIn(deep, MEMBER.name);
      const back = way.map((each) => new URL(each)).find(({ pathname }) => pathname === `${gatePath(gate)}/callback`);
      expect(`${back?.origin}${back?.pathname}`).toBe(redirectUri(gate, host));
      expect(world.rendered.document.redirects.map(({ uri }) => uri)).toContain(redirectUri(gate, host));
    });

    test("goes over the identity provider, and once", async () => {
      const browser = world.browser();
      await browser.logIn(deep, MEMBER.name);
      const again = await browser.open(deep);
      expect(again.way).toEqual([deep]);
    });

    test("ends in both tabs when two begin at once", async () => {
      const browser = world.browser();
      const other = `https://${host}/another`;
      const begun = await Promise.all([deep, other].map((each) => browser.open(each)));
      const [first, second] = begun.map(({ url }) => url.searchParams.get("next") ?? "");
      const finished = await browser.logIn(`https://${world.identityHost}${first}`, MEMBER.name);
      const next = encodeURIComponent(second ?? "");
      const last = await browser.open(`https://${world.identityHost}/login?name=${MEMBER.name}&next=${next}`);
      expect([finished.url.href, last.url.href]).toEqual([deep, other]);
    });

    test("shows nothing to somebody who is in none of the gate's groups", async () => {
      const browser = world.browser();
      const page = await browser.logIn(deep, OUTSIDER.name);
      const behind = world.received(page).filter(({ by }) => by.startsWith(`${table.namespace}/`));
      expect([page.status, behind]).toEqual([403, []]);
      expect((await browser.ask(new URL(deep))).status).toBe(302);
    });

    for (const other of gatesApart(world.rendered, gate)) {
      test(`shows nothing to a member of gate ${other.name} alone`, async () => {
        const browser = world.browser();
        const page = await browser.logIn(deep, memberOf(world.rendered, other).name);
        const behind = world.received(page).filter(({ by }) => by.startsWith(`${table.namespace}/`));
        expect([page.status, behind]).toEqual([403, []]);
        expect((await browser.ask(new URL(deep))).status).toBe(302);
      });
    }

    test("leaves a cookie of this host alone, which scripts and other sites can't use", async () => {
      const browser = await world.logIn(MEMBER, table);
      const cookie = browser.cookies.find((each) => each.name === name);
      expect(name).toMatch(/^__Host-/);
      expect(cookie?.attributes).toEqual(expect.arrayContaining(["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]));
      expect(cookie?.attributes.filter((each) => each.startsWith("Domain"))).toEqual([]);
    });

    test("leaves a session that no other host is told of", async () => {
      const browser = await world.logIn(MEMBER, table);
      const others = world.rendered.tables.map((each) => each.host).filter((each) => each !== host);
      const told = [...others, `x.${host}`].filter((each) => browser.cookiesFor(`https://${each}/`).includes(name));
      expect(told).toEqual([]);
    });

    test("leaves a session that is none on another host", async () => {
      const browser = await world.logIn(MEMBER, table);
      const others = world.gated.filter((each) => each !== table);
      const answers = await Promise.all(others.map((each) => browser.ask(new URL(`https://${each.host}/`))));
      expect(answers.map(({ status }) => status)).toEqual(others.map(() => 302));
    });

    test("ends with the logout, for a cookie that was kept, too", async () => {
      const browser = await world.logIn(MEMBER, table);
      const cookie = browser.cookiesFor(deep);
      const { status, headers } = await browser.ask(new URL(own("sign_out?rd=%2Fgoodbye")));
      expect([status, headers.location]).toEqual([302, "/goodbye"]);
      expect(browser.cookiesFor(deep)).not.toContain(name);
      const replayed = await world.browser().ask(new URL(deep), { headers: { cookie } });
      // The session was in the store, so the cookie is worth nothing.
      expect(replayed.status).toBe(302);
    });

    test.each([
      "https://evil.example/",
      "//evil.example/",
      `https://${host}.evil.example/`,
      "/\\evil.example/",
      "/%09/evil.example/",
      "https:evil.example",
    ])("never leads to %s", async (address) => {
      const rd = encodeURIComponent(address);
      for (const page of [`start?rd=${rd}`, `sign_in?rd=${rd}`, `sign_out?rd=${rd}`]) {
        const browser = world.browser();
        const { way } = await browser
          .logIn(own(page), MEMBER.name)
          .catch(({ message }) => ({ way: [String(message)] }));
        expect(way.filter((each) => URL.parse(each)?.host.includes("evil"))).toEqual([]);
      }
    });

    test("that somebody else began is not finished", async () => {
      const begun = await world.browser().ask(new URL(deep));
      const { location = "" } = begun.headers;
      const victim = world.browser();
      const page = await victim.logIn(location, MEMBER.name);
      expect([page.status, victim.cookies.some((each) => each.name === name)]).toEqual([403, false]);
    });

    test.each([
      ["X-Forwarded-Host", "evil.example"],
      ["X-Forwarded-Proto", "http"],
      ["X-Forwarded-Uri", "//evil.example/"],
      ["X-Auth-Request-Redirect", "https://evil.example/"],
      ["X-Auth-Request-Redirect", "/elsewhere"],
    ])("is not led astray by a forged %s", async (header, value) => {
      const browser = world.browser();
      const { headers } = await browser.ask(new URL(deep), { headers: { [header]: value } });
      const page = await browser.logIn(headers.location ?? "", MEMBER.name);
      expect([new URL(headers.location ?? "").host, page.url.href]).toEqual([world.identityHost, deep]);
    });
  });

  describe.each(guarded)("a script of $host", ({ host, table }) => {
    const gated = table.routes.filter((each) => each.class === "gated" && each.match === "prefix");
    const row = gated.find((each) => each.path !== "/") ?? gated[0];
    const path = `${row?.path.replace(/\/$/, "")}/trpc/user.me`;
    const status = async (headers: Record<string, string>) =>
      (await world.visit(table).send({ host, path, headers })).status;

    test.each([
      ["JSON", { accept: "application/json" }],
      ["JSON or something else", { accept: "application/json, text/plain, */*" }],
      ["anything, as fetch does", { accept: "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }],
      ["anything, and says that it is one", { accept: "*/*", "x-requested-with": "XMLHttpRequest" }],
      ["nothing in particular", {}],
    ] as const)("without a session is told 401 when it would have %s", async (_name, headers) => {
      expect(await status(headers)).toBe(401);
    });
  });
}
