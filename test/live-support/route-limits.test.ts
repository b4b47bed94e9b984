import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Request } from "../../sandbox/live/traffic";
import type { Visited } from "../live/support/route/measure/deliver";
import { conclusive, Inconclusive } from "../live/support/route/measure/flood";
import type { Limited } from "../live/support/route/measure/limited";
import { rateProblems } from "../live/support/route/measure/rate";

const RATE = { average: 20, burst: 40 };
const LIMITED: Limited = {
  table: { host: "app.example", entryPoint: "edge" },
  method: "POST",
  path: "/track",
  rate: RATE,
  maxBodyBytes: 1000,
};

interface Proxy {
  readonly rate: typeof RATE;
  /** Who a request is counted as. */
  readonly clientOf: (address: string, request: Request) => string;
  /** Whether large bodies are refused before anybody is counted. */
  readonly readsFirst: boolean;
  /** How long a request takes; eight are served at once. */
  readonly takesMs: number;
  /** For how long everything stands still, once, and after how many requests. */
  readonly stands?: { readonly after: number; readonly forMs: number };
}

/** After how long somebody is forgotten of whom nothing comes. */
const FORGETS_MS = 1000;

const RIGHT: Proxy = {
  rate: RATE,
  clientOf: (address) => address,
  readsFirst: false,
  takesMs: 1,
};

/** A limit by token buckets, as Traefik's, that can be wrong or slow in every way that matters. */
function proxied(proxy: Proxy): Visited {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const lanes = Array.from({ length: 8 }, () => Promise.resolve());
  let [addresses, requests, stood] = [0, 0, false];
  const isGranted = (client: string): boolean => {
    const { average, burst } = proxy.rate;
    const known = buckets.get(client);
    const now = Date.now();
    const isKnown = known !== undefined && now - known.at < FORGETS_MS;
    const tokens = isKnown ? Math.min(burst, known.tokens + (average * (now - known.at)) / 1000) : burst;
    buckets.set(client, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  };
  const answer = (address: string, request: Request): number => {
    const isLarge = Buffer.byteLength(request.body ?? "") > Number(LIMITED.maxBodyBytes);
    if (proxy.readsFirst && isLarge) return 413;
    if (!isGranted(proxy.clientOf(address, request))) return 429;
    return isLarge ? 413 : 200;
  };
  const stand = (): void => {
    requests += 1;
    if (proxy.stands === undefined || stood || requests < proxy.stands.after) return;
    stood = true;
    // Nobody's turn comes meanwhile: the whole process stands still.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, proxy.stands.forMs);
  };
  const send = async (address: string, request: Request): Promise<Answer> => {
    const lane = requests % lanes.length;
    const served = (lanes[lane] ?? Promise.resolve()).then(async () => {
      await sleep(proxy.takesMs);
      return answer(address, request);
    });
    lanes[lane] = served.then(() => undefined);
    stand();
    return { id: "", status: await served, headers: {}, body: "" };
  };
  return {
    address: () => `198.18.0.${++addresses}`,
    visit: (_table, address = "") => ({ send: (request: Request) => send(address, request) }) as never,
  };
}

const measured = (proxy: Partial<Proxy>): Promise<string[]> => {
  const world = proxied({ ...RIGHT, ...proxy });
  return conclusive(() => rateProblems(world, LIMITED, RATE));
};

describe("a limit that is measured", () => {
  test.each<readonly [string, Partial<Proxy>]>([
    ["a quick machine", {}],
    ["a slow one", { takesMs: 20 }],
    ["a very slow one", { takesMs: 150 }],
    ["one that stands still at first", { stands: { after: 30, forMs: 1500 } }],
    ["one that stands still when everything is used up", { stands: { after: 100, forMs: 1500 } }],
    ["one that stands still for a moment later", { stands: { after: 230, forMs: 600 } }],
    ["one that stands still for a while later", { stands: { after: 230, forMs: 1200 } }],
  ])("is right on %s", async (_name, proxy) => {
    expect(await measured(proxy)).toEqual([]);
  });

  test.each<readonly [string, Partial<Proxy>, RegExp]>([
    ["twice as many at once", { rate: { ...RATE, burst: 80 } }, /at once go through, not 40/],
    ["half as many at once", { rate: { ...RATE, burst: 20 } }, /at once go through, not 40/],
    ["twice as many later", { rate: { ...RATE, average: 40 } }, /go through, not/],
    ["half as many later", { rate: { ...RATE, average: 10 } }, /later go through, not/],
    ["none", { rate: { average: 1e6, burst: 1e6 } }, /at once go through, not 40/],
    ["the same for everybody together", { clientOf: () => "" }, /another client has to wait/],
    [
      "that of whoever he says he is",
      { clientOf: (address, { headers }) => String(headers?.["x-forwarded-for"] ?? address) },
      /who says that he is somebody else/,
    ],
    ["after the body was read", { readsFirst: true }, /a large body is read/],
  ])("is wrong when it is %s", async (_name, proxy, problem) => {
    expect(await measured(proxy)).toEqual([expect.stringMatching(problem)]);
  });

  test("is neither on a machine that is too slow to tell", async () => {
    const rate = { ...RATE, burst: 4 };
    const world = proxied({ ...RIGHT, rate, takesMs: 900 });
    await expect(rateProblems(world, LIMITED, rate)).rejects.toThrow(Inconclusive);
  });
});
