import { gatePath } from "../../constructs/access/portal-gate";
import type { RouteTableProps } from "../../constructs/access/route-table";
import { describeWithPrograms } from "./support/programs";
import { BROWSER_PROGRAMS, Chromium, STRANGE_HOST } from "./support/route/chromium";
import type { Visitor } from "./support/route/chromium/visitor";
import { MEMBER, OUTSIDER } from "./support/route/people";
import { gatesOf } from "./support/route/program";
import { PROGRAMS, World } from "./support/route/world";

jest.setTimeout(60_000);

describeWithPrograms("a browser", [...PROGRAMS, ...BROWSER_PROGRAMS], () => {
  // Two environments behind one gate.
  const world = new World("minimal");
  const chromium = new Chromium(world);
  const [first, second] = world.gated;
  if (first === undefined || second === undefined) throw new Error("The example has no two gated hosts.");
  const { host } = first;
  const deep = `https://${host}/acme/website/reports?range=30d&name=a%20b`;
  const [gate] = gatesOf(first);
  const own = (table: RouteTableProps, page: string) => `https://${table.host}${gatePath(gate?.name ?? "")}/${page}`;
  const cookie = world.cookieOf(gate?.name ?? "");

  beforeAll(async () => {
    await world.start();
    await chromium.start();
  });
  afterAll(async () => {
    await chromium.stop();
    await world.stop();
  });

  /** A test by somebody at a browser of his own. */
  function visit(name: string, work: (visitor: Visitor) => Promise<void>): void {
    test(name, () => chromium.watched(async () => work(await chromium.visitor())));
  }

  const sessions = async (visitor: Visitor) => (await visitor.cookies()).filter(({ name }) => name === cookie);

  visit("that opens a deep link is at the identity provider", async (visitor) => {
    const { url, received } = await visitor.open(`${deep}#section`);
    expect([url.host, url.pathname]).toEqual([world.identityHost, "/login"]);
    expect(received.filter(({ by }) => by.startsWith(first.namespace))).toEqual([]);
  });

  visit("is at that very link after the login, and the application knows who it is", async (visitor) => {
    const { url, status, received } = await visitor.logIn(deep, MEMBER.name);
    expect([url.href, status]).toEqual([deep, 200]);
    expect(received.at(-1)?.path).toBe(new URL(deep).pathname + new URL(deep).search);
    expect(received.at(-1)?.headers).toMatchObject({
      "x-auth-request-user": MEMBER.name,
      "x-auth-request-email": MEMBER.email,
    });
  });

  visit("keeps the fragment of a link, too, when the provider knows who it is", async (visitor) => {
    await visitor.logIn(deep, MEMBER.name);
    await visitor.forget(host);
    const { url, way } = await visitor.open(`${deep}#section`);
    expect(url.href).toBe(`${deep}#section`);
    expect(way.map((each) => each.host)).toContain(world.identityHost);
  });

  visit("keeps a session of this host alone, which no script sees", async (visitor) => {
    await visitor.logIn(deep, MEMBER.name);
    expect(cookie).toMatch(/^__Host-/);
    expect(await sessions(visitor)).toEqual([
      expect.objectContaining({ domain: host, path: "/", secure: true, httpOnly: true, sameSite: "Lax" }),
    ]);
    expect(await visitor.scriptCookies()).toBe("");
  });

  visit(
    "that opens another gated host passes the provider without a password, to a session of its own",
    async (visitor) => {
      await visitor.logIn(deep, MEMBER.name);
      const { url, way, received } = await visitor.open(`https://${second.host}/`);
      expect([url.host, way.map((each) => each.host)]).toEqual([
        second.host,
        expect.arrayContaining([second.host, world.identityHost]),
      ]);
      expect(way.map(({ pathname }) => pathname)).not.toContain("/login");
      const values = new Map((await sessions(visitor)).map(({ domain, value }) => [domain, value]));
      expect([...values.keys()].sort()).toEqual([host, second.host].sort());
      // What the first host has never came to the second.
      const there = received.filter((each) => each.host === second.host);
      expect(there.length).toBeGreaterThan(0);
      expect(there.map(({ headers }) => headers.cookie ?? "").join()).not.toContain(values.get(host) ?? "nothing");
    },
  );

  visit("is told 401 by a script without a session, is sent nowhere, and 200 with one", async (visitor) => {
    await visitor.logIn(deep, MEMBER.name);
    expect(await visitor.fetched("/api/trpc/project.list")).toEqual({ status: 200, redirected: false });
    await visitor.forget(host);
    expect(await visitor.fetched("/api/trpc/project.list")).toEqual({ status: 401, redirected: false });
  });

  visit("that logs out has no session, and is asked who it is again", async (visitor) => {
    await visitor.logIn(deep, MEMBER.name);
    await visitor.forget(world.identityHost);
    const { url } = await visitor.open(own(first, "sign_out"));
    expect([url.host, url.pathname]).toEqual([world.identityHost, "/login"]);
    expect(await sessions(visitor)).toEqual([]);
    expect((await visitor.open(deep)).url.pathname).toBe("/login");
  });

  // The gate ends its own session, not that of the provider, which is other applications' as well.
  visit("that logs out where the provider still knows who it is gets another session", async (visitor) => {
    await visitor.logIn(deep, MEMBER.name);
    const [before] = await sessions(visitor);
    const { way } = await visitor.open(own(first, "sign_out"));
    expect(way.map((each) => each.host)).toContain(world.identityHost);
    const [after] = await sessions(visitor);
    expect([before?.value === after?.value, before?.domain]).toEqual([false, host]);
  });

  visit("of somebody outside of the groups shows the refusal, and keeps no session", async (visitor) => {
    const { url, status, received } = await visitor.logIn(deep, OUTSIDER.name);
    expect([url.host, status]).toEqual([host, 403]);
    expect(received.filter(({ by }) => by.startsWith(`${first.namespace}/`))).toEqual([]);
    expect(await sessions(visitor)).toEqual([]);
  });

  visit("needs no login for a public page", async (visitor) => {
    const open = first.routes.find(
      (row) => row.class === "public" && row.methods?.includes("GET") && row.match === "exact",
    );
    const { status, way, received } = await visitor.open(`https://${host}${open?.path}`);
    expect([status, way.length, received.length]).toEqual([200, 1, 1]);
    expect(await visitor.cookies()).toEqual([]);
  });

  visit("opens a WebSocket with a session, and none without", async (visitor) => {
    await visitor.logIn(deep, MEMBER.name);
    expect(await visitor.opensWebSocket(`wss://${host}/live`)).toBe(true);
    await visitor.forget(host);
    expect(await visitor.opensWebSocket(`wss://${host}/live`)).toBe(false);
  });

  visit("is shown no page of a host whose certificate somebody else signed", async (visitor) => {
    await expect(visitor.open(`https://${STRANGE_HOST}/`)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
  });
});
