import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../../../../../sandbox/live/traffic";
import type { World } from "../../world";
import type { Question } from "../universe";
import { ordinary } from "./asking";
import { confirmed } from "./confirmed";
import { type Limited, limitedOf } from "./limited";
import { sendAgain } from "./send";

/** For how long it is counted what a rate lets through: until it is some ten requests, within reason. */
const COUNTED = { requests: 10, leastMs: 600, mostMs: 3000 };
/** Traefik forgets a client of whom nothing came for a second, and with him what he has used up. */
const STEP_MS = 200;

/** More at once, and more in one body, than any row takes that has a limit. */
function plentyOf(world: World): { readonly requests: number; readonly bytes: number } {
  const limited = limitedOf(world.rendered.tables);
  const most = (of: (each: Limited) => number | undefined) => Math.max(0, ...limited.map((each) => of(each) ?? 0));
  return {
    requests: most(({ rate }) => rate && Math.ceil((rate.burst + rate.average) * 1.2)),
    bytes: most(sizeOf) + 1,
  };
}

const sizeOf = ({ maxBodyBytes }: Limited): number | undefined => maxBodyBytes;

/** Whether a row that says nothing of limits has none. */
export async function freedomDeviations(world: World, question: Question): Promise<string[]> {
  const { table, method, path, page } = question;
  const cookie = await world.member(table);
  const free = { table, method, path };
  const asked = { accept: page ? "text/html" : "*/*", cookie };
  const { requests, bytes } = plentyOf(world);
  const at = await through(world, free, world.address(), requests, asked);
  const { id } = await send(world, free, world.address(), { headers: asked, body: Buffer.alloc(bytes, "x") });
  const name = `${method} ${table.host}${path}`;
  return [
    ...(at === requests ? [] : [`${name}: only ${at} of ${requests} at once go through`]),
    ...(world.traffic.journal.of(id).length === 1 ? [] : [`${name}: a body of ${bytes} bytes does not reach it`]),
  ];
}

/** Whether a limit is what its row says: how many at once, how many later, of whom, and how large. */
export async function limitDeviations(world: World, limited: Limited): Promise<string[]> {
  const name = `${limited.method} ${limited.table.host}${limited.path}`;
  const measure = async () => [...(await bodyProblems(world, limited)), ...(await rateProblems(world, limited))];
  return (await confirmed(measure)).map((problem) => `${name}: ${problem}`);
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
  // Nearly a whole burst, or who has used up everything could pass for somebody who has not: some comes in meanwhile.
  const nearly = Math.ceil(burst * 0.8);
  if ((await through(world, limited, other, nearly)) !== nearly) return ["another client has to wait"];
  const forging = await through(world, limited, client, burst, { "x-forwarded-for": world.address() });
  if (forging === burst) return ["who says that he is somebody else is counted as him"];
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
  // One of them may get what came in meanwhile.
  const tried = Array.from({ length: 6 }, large);
  await Promise.all([...before, ...small()]);
  return (await Promise.all(tried)).every(({ status }) => status === 413);
}

/** Whether as many more are let through as the rate says, of a client who asks for more all the time. */
async function refillProblems(
  world: World,
  limited: Limited,
  { average, client }: { readonly average: number; readonly client: string },
): Promise<string[]> {
  const lasts = Math.min(Math.max((COUNTED.requests / average) * 1000, COUNTED.leastMs), COUNTED.mostMs);
  const plenty = Math.ceil((average * STEP_MS * 3) / 1000) + 2;
  const since = Date.now();
  // When the last of them were sent: on a busy machine their answers take a while, in which nobody asked.
  let asked = since;
  let later = 0;
  while (Date.now() - since < lasts) {
    await sleep(STEP_MS);
    asked = Date.now();
    later += await through(world, limited, client, plenty);
  }
  const least = Math.floor(((average * (asked - since)) / 1000) * 0.8) - 1;
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
