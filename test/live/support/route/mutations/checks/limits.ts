import { setTimeout as sleep } from "node:timers/promises";
import { gatePath } from "../../../../../../constructs/access/portal-gate";
import type { Route, RouteTableProps } from "../../../../../../constructs/access/route-table";
import type { Answer } from "../../../../../../sandbox/live/traffic";
import { gatesOf } from "../../program";
import type { World } from "../../world";
import type { Question } from "../universe";
import { ordinary } from "./asking";
import { sendAgain } from "./send";

/** What may come of one client in a second, where a limit is. */
export interface Limited {
  readonly table: RouteTableProps;
  readonly method: string;
  readonly path: string;
  readonly rate?: { readonly average: number; readonly burst: number };
  readonly maxBodyBytes?: number;
}

/** The pages of a gate ask its session store, so one client may ask for so many of them. */
const LOGIN_RATE = { average: 20, burst: 40 };

/** How long a bucket fills before it is counted what came in. */
const FILLED_MS = 600;

/** All that is limited, by the tables; and the pages of the gates. */
export function limitedOf(tables: readonly RouteTableProps[]): Limited[] {
  return tables.flatMap((table) => [
    ...table.routes.flatMap((row): Limited[] => {
      const limited = row.class === "public" && limitedAt(table, row, row.methods?.[0] ?? "GET", row.path);
      return limited ? [limited] : [];
    }),
    ...gatesOf(table).map(({ name }) => ({ table, path: `${gatePath(name)}/auth`, method: "GET", rate: LOGIN_RATE })),
  ]);
}

/** More at once, and more in one body, than any row takes that has a limit. */
const PLENTY = { requests: 330, bytes: 4_200_000 };

/** What a row says of limits, at one of its paths; undefined where it has none. */
export function limitedAt(table: RouteTableProps, row: PublicRoute, method: string, path: string): Limited | undefined {
  const { rateLimit: rate, maxBodyBytes } = row;
  return rate === undefined && maxBodyBytes === undefined ? undefined : { table, path, method, rate, maxBodyBytes };
}

type PublicRoute = Extract<Route, { readonly class: "public" }>;

/** Whether a row that says nothing of limits has none. */
export async function freedomDeviations(world: World, question: Question): Promise<string[]> {
  const { table, method, path, page } = question;
  const cookie = await world.member(table);
  const free = { table, method, path };
  const asked = { accept: page ? "text/html" : "*/*", cookie };
  const at = await through(world, free, world.address(), PLENTY.requests, asked);
  const { id } = await send(world, free, world.address(), { headers: asked, body: Buffer.alloc(PLENTY.bytes, "x") });
  const name = `${method} ${table.host}${path}`;
  return [
    ...(at === PLENTY.requests ? [] : [`${name}: only ${at} of ${PLENTY.requests} at once go through`]),
    ...(world.traffic.journal.of(id).length === 1
      ? []
      : [`${name}: a body of ${PLENTY.bytes} bytes does not reach it`]),
  ];
}

/** Whether a limit is what its row says: how many at once, how many later, of whom, and how large. */
export async function limitDeviations(world: World, limited: Limited): Promise<string[]> {
  const name = `${limited.method} ${limited.table.host}${limited.path}`;
  const measure = async () => [...(await bodyProblems(world, limited)), ...(await rateProblems(world, limited))];
  // It counts what comes in time, on a machine that does other things as well: once is no proof.
  const found = (await measure()).length === 0 ? [] : await measure();
  return found.map((problem) => `${name}: ${problem}`);
}

async function bodyProblems(world: World, limited: Limited): Promise<string[]> {
  const { maxBodyBytes: most } = limited;
  if (most === undefined) return [];
  const reached = async (size: number): Promise<boolean> => {
    const { id } = await send(world, limited, world.address(), { body: Buffer.alloc(size, "x") });
    return world.traffic.journal.of(id).length > 0;
  };
  if (!(await reached(most))) return [`a body of ${most} bytes does not reach it`];
  return (await reached(most + 1)) ? [`a body of ${most + 1} bytes reaches it`] : [];
}

async function rateProblems(world: World, limited: Limited): Promise<string[]> {
  const { rate } = limited;
  if (rate === undefined) return [];
  const { average, burst } = rate;
  const [client, other] = [world.address(), world.address()];
  const began = Date.now();
  const at = await through(world, limited, client, Math.ceil(burst * 1.5) + 20);
  const most = burst + Math.ceil((average * (Date.now() - began)) / 1000) + 1;
  if (at < burst || at > most) return [`${at} at once go through, not ${burst} to ${most}`];
  if ((await through(world, limited, other, 1)) !== 1) return ["another client has to wait"];
  const forging = await through(world, limited, client, 20, { "x-forwarded-for": other });
  if (forging === 20) return ["who says that he is somebody else is counted as him"];
  const size = limited.maxBodyBytes === undefined ? undefined : limited.maxBodyBytes + 1;
  if (size !== undefined && (await isReadFirst(world, limited, client, size))) {
    return ["a large body is read of somebody who has to wait"];
  }
  return refillProblems(world, limited, { average, client });
}

/** Whether a body is looked at before it is counted who sends it. */
async function isReadFirst(world: World, limited: Limited, client: string, size: number): Promise<boolean> {
  const small = () => Array.from({ length: 40 }, () => send(world, limited, client));
  const large = () => send(world, limited, client, { body: Buffer.alloc(size, "x") });
  const before = small();
  const tried = [large(), large(), large()];
  await Promise.all([...before, ...small()]);
  return (await Promise.all(tried)).every(({ status }) => status === 413);
}

async function refillProblems(
  world: World,
  limited: Limited,
  { average, client }: { readonly average: number; readonly client: string },
): Promise<string[]> {
  const since = Date.now();
  await sleep(FILLED_MS);
  const least = Math.floor(((average * FILLED_MS) / 1000) * 0.8);
  const later = await through(world, limited, client, average * 3);
  const most = Math.ceil((average * (Date.now() - since)) / 1000) + 2;
  return later < least || later > most ? [`${later} later go through, not ${least} to ${most}`] : [];
}

/** How many of some requests at once are not told to wait. */
async function through(world: World, limited: Limited, client: string, count: number, headers = {}): Promise<number> {
  const sent = Array.from({ length: count }, () => send(world, limited, client, { headers }));
  return (await Promise.all(sent)).filter(({ status }) => ![0, 429].includes(status)).length;
}

type Told = Pick<Answer, "id" | "status">;

/** What became of a request: nothing, where whoever refuses a large body ends the connection before it was sent. */
async function send(world: World, { table, method, path }: Limited, client: string, more = {}): Promise<Told> {
  const request = { host: table.host, method, path, ...more };
  try {
    return await sendAgain(ordinary(world, table.entryPoint, client), request);
  } catch {
    return { id: "", status: 0 };
  }
}
