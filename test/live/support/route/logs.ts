import { readFileSync } from "node:fs";
import { gatePath } from "../../../../constructs/access/portal-gate";
import { until } from "../until";
import { MEMBER } from "./people";
import { probe } from "./probe";
import { gatesOf } from "./program";
import type { World } from "./world";

/** Logs are read by many and kept for long: nothing in them opens anything. */
export function logTests(world: World): void {
  const { application } = world;
  const [row] = application.routes.filter((each) => each.class === "public");
  const QUERY = "a-token-in-a-query";
  const COOKIE = "a-cookie-of-somebody";
  const AUTHORIZATION = "an-authorization";

  const own = (page: string): string =>
    `https://${application.host}${gatePath(gatesOf(application)[0]?.name ?? "")}/${page}`;

  describe("the logs", () => {
    let cookies: string[];
    beforeAll(async () => {
      const browser = await world.logIn(MEMBER);
      cookies = browser.cookies.map(({ value }) => value);
      const headers = { cookie: `session=${COOKIE}; ${browser.cookiesFor(`https://${application.host}/`)}` };
      const send = (path: string, method = "GET") =>
        probe(world, world.visit(application), {
          host: application.host,
          path: `${path}?token=${QUERY}`,
          method,
          headers: { ...headers, authorization: `Bearer ${AUTHORIZATION}`, referer: `https://x.example/?${QUERY}` },
        });
      await send("/logged-page");
      await send(row?.path ?? "/", row?.methods?.[0]);
      // A way back that nobody began, as after a second tab: its code and the session of who goes it are in the request.
      await browser.ask(new URL(own("callback?code=a-stale-code&state=stale%3A%2F")));
      await browser.ask(new URL(own("sign_out")));
    });

    const accessLog = () => readFileSync(world.traffic.traefik.log, "utf8");
    const gateLogs = () => world.traffic.gateLogs.map((file) => readFileSync(file, "utf8")).join("\n");

    test("of Traefik say which page was asked for and what was answered", async () => {
      const line = () =>
        accessLog()
          .split("\n")
          .find((each) => each.includes('"RequestPath":"/logged-page"'));
      await until(() => line() !== undefined, 5000);
      expect(JSON.parse(line() ?? "{}")).toMatchObject({ RequestMethod: "GET", DownstreamStatus: 200 });
    });

    test("of Traefik hold no query, no cookie and no authorization", () => {
      expect(linesWith(accessLog(), [QUERY, COOKIE, AUTHORIZATION, ...cookies])).toEqual([]);
    });

    test("of the gates say who logged in", () =>
      expect(gateLogs()).toMatch(new RegExp(`${MEMBER.email}.*AuthSuccess`)));

    test.each([
      ["Traefik", accessLog],
      ["the gates", gateLogs],
    ])("of %s hold no code, no token and no secret", (_name, log) => {
      const handedOut = world.traffic.secrets();
      expect(handedOut.length).toBeGreaterThan(10);
      expect(linesWith(log(), [...handedOut, ...cookies, "a-stale-code"])).toEqual([]);
    });
  });
}

/** Lines that hold one of the secrets, without it. */
function linesWith(log: string, secrets: readonly string[]): string[] {
  const found = secrets.filter((secret) => log.includes(secret));
  const lines = log.split("\n").filter((line) => found.some((secret) => line.includes(secret)));
  return lines.map((line) => found.reduce((text, secret) => text.replaceAll(secret, "(secret)"), line));
}
