import { type Fault, HANG_HEADER } from "../../../../sandbox/live/traffic";
import { type Probe, probe } from "./probe";
import type { World } from "./world";

const FAULTS: readonly { readonly name: string; readonly fault: Fault; readonly status: RegExp }[] = [
  { name: "is down", fault: { kind: "down" }, status: /^5/ },
  { name: "answers 500", fault: { kind: "answers", status: 500 }, status: /^500/ },
  { name: "answers 503", fault: { kind: "answers", status: 503 }, status: /^503/ },
  { name: "answers 404", fault: { kind: "answers", status: 404 }, status: /^404/ },
  { name: "answers 401", fault: { kind: "answers", status: 401 }, status: /^401/ },
  { name: "sends elsewhere", fault: { kind: "answers", status: 302, headers: { location: "/" } }, status: /^302/ },
  { name: "answers more than is read", fault: { kind: "answers", status: 401, bytes: 200_000 }, status: /^(401|5)/ },
  {
    name: "passes with more than is read",
    fault: { kind: "answers", status: 202, bytes: 200_000 },
    status: /^(401|5)/,
  },
  {
    name: "says who it is about after a redirect",
    fault: { kind: "answers", status: 307, headers: { "x-auth-request-user": "x" } },
    status: /^307/,
  },
];

/** Longer than Traefik waits for a gate. */
const PATIENCE_MS = 45_000;

/** Whatever a gate does, nobody gets in who would not otherwise. */
export function faultTests(world: World): void {
  const { application } = world;
  const service = world.gate.host;
  const page = { host: application.host, path: "/dashboard" };
  const ask = (headers = {}, accept = "text/html") =>
    probe(world, world.visit(application), { ...page, headers: { ...headers, accept } });

  // It takes half a minute, so it waits beside all other tests.
  let hanging: Promise<Probe>;
  beforeAll(async () => {
    const cookie = await world.member(application);
    hanging = probe(world, world.visit(application), {
      ...page,
      timeoutMs: PATIENCE_MS,
      headers: { [HANG_HEADER]: "1", cookie },
    });
    hanging.catch(() => undefined);
  });

  describe("a gate", () => {
    describe.each(FAULTS)("that $name", ({ fault, status }) => {
      test.each([
        ["a stranger", "text/html"],
        ["a member", "text/html"],
        ["a script", "*/*"],
        ["a member's script", "*/*"],
      ])("lets nobody in: %s", async (who, accept) => {
        const cookie = who.startsWith("a member") ? await world.member(application) : "";
        const { answer, received } = await world.traffic.network.during(service, fault, () => ask({ cookie }, accept));
        expect([received.length, String(answer.status)]).toEqual([0, expect.stringMatching(status)]);
      });
    });

    test("that is down does not close what is public", async () => {
      const [row] = application.routes.filter((each) => each.class === "public");
      const request = { host: application.host, path: row?.path ?? "/", method: row?.methods?.[0] ?? "GET" };
      const done = await world.traffic.network.during(service, { kind: "down" }, () =>
        probe(world, world.visit(application), request),
      );
      expect(done.received).toHaveLength(1);
    });

    test("that is slow is waited for", async () => {
      const slow: Fault = { kind: "slow", milliseconds: 1500 };
      const cookie = await world.member(application);
      const [stranger, member] = await world.traffic.network.during(service, slow, () =>
        Promise.all([ask(), ask({ cookie })]),
      );
      expect([stranger?.answer.status, stranger?.received.length, member?.received.length]).toEqual([302, 0, 1]);
    });

    test("serves again after it was down", async () => {
      const cookie = await world.member(application);
      expect((await ask({ cookie })).received).toHaveLength(1);
    });

    test("without its session store lets nobody in, and who was in has to log in again", async () => {
      const cookie = await world.member(application);
      const { name } = world.gate;
      const done = await world.withoutSessions(name, () =>
        Promise.all([ask({ cookie }), ask({ cookie }, "*/*"), ask(), ask({}, "*/*")]),
      );
      expect(done.flatMap(({ received }) => received)).toEqual([]);
      expect(done.map(({ answer }) => answer.status)).toEqual([302, 401, 302, 401]);
      expect((await ask({ cookie })).answer.status).toBe(302);
      expect((await ask({ cookie: await world.member(application) })).received).toHaveLength(1);
    });

    test(
      "that never answers lets nobody in",
      async () => {
        const { answer, received } = await hanging;
        expect([answer.status >= 500, received.length]).toEqual([true, 0]);
      },
      PATIENCE_MS,
    );
  });
}
