import { gatePath } from "../../../../constructs/access/portal-gate";
import { nameOf } from "../../../../sandbox/live/traffic";
import { METHODS } from "./expected";
import { probe } from "./probe";
import { gatesOf } from "./program";
import { mostGenerous, spellings } from "./tricks";
import type { World } from "./world";

/** The pages of a gate on the hosts that it guards: they lead to the gate, and nothing below them leads elsewhere. */
export function loginPageTests(world: World): void {
  const guarded = world.gated.flatMap((table) =>
    gatesOf(table).map((gate) => ({ host: table.host, path: gatePath(gate.name), gate, table })),
  );

  describe.each(guarded)("$host$path", ({ host, path, gate, table }) => {
    const itself = nameOf({ namespace: gate.namespace, service: gate.service, port: gate.port });
    const ask = async (page: string, method = "GET", headers = {}) => {
      const done = await probe(world, world.visit(table), { host, path: page, method, headers });
      return { ...done, status: done.answer.status, by: done.received.map(({ by }) => by) };
    };

    test.each([
      ["auth", 401],
      ["userinfo", 401],
      ["start", 302],
      ["sign_in", 302],
      ["sign_out", 302],
      // What is no state at all is an error of its own.
      ["callback", 500],
      ["callback?code=forged&state=forged", 500],
      ["callback?code=forged&state=forged%3A%2F", 403],
      ["callback?error=access_denied", 403],
      ["static/css/bulma.min.css", 200],
      ["nothing", 302],
    ])("/%s is answered by the gate with %s, without a session", async (page, status) => {
      const answer = await ask(`${path}/${page}`, "GET", { accept: "text/html" });
      expect([answer.by, answer.asked]).toEqual([[itself], []]);
      expect([page, answer.status]).toEqual([page, status]);
    });

    test("says who somebody is, and no more than that", async () => {
      const { answer } = await ask(`${path}/userinfo`, "GET", { cookie: await world.member(table) });
      expect(Object.keys(JSON.parse(answer.body)).sort()).toEqual(["email", "groups", "preferredUsername", "user"]);
    });

    test.each(METHODS)("%s opens nothing beside it", async (method) => {
      for (const page of [`${path}/callback`, path, `${path}x/callback`, "/oauth2/another/callback"]) {
        const { by } = await ask(page, method);
        // A preflight of a gated row leads to the application, as it does everywhere.
        expect(by.filter((each) => each !== itself && method !== "OPTIONS")).toEqual([]);
      }
    });

    test("however a path below it is spelled, it leads to nothing of the application", async () => {
      const own = table.routes.flatMap((row) => ("backend" in row ? [] : [row.path]));
      const places = [...own, "/dashboard", "/api/trpc/project.list"];
      const tried = places.flatMap((place) => spellings(`${path}/callback`, place));
      const done = await Promise.all(tried.map((each) => ask(each)));
      const open = table.routes.filter((row) => row.class === "public").map((row) => mostGenerous(row.path));
      const strayed = done.flatMap(({ received }) =>
        received.filter((each) => each.by !== itself && !open.includes(mostGenerous(each.path))),
      );
      expect(strayed.map(({ by, path: reached }) => `${reached} at ${by}`)).toEqual([]);
    });

    test("is limited for one client, and for nobody else", async () => {
      const client = world.visit(table, world.address());
      const flood = Array.from({ length: 120 }, () => client.send({ host, path: `${path}/auth` }));
      const statuses = (await Promise.all(flood)).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([401, 429]));
      expect((await ask(`${path}/auth`)).status).toBe(401);
    });
  });
}
