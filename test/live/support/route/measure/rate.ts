import { setTimeout as sleep } from "node:timers/promises";
import type { Visited } from "./deliver";
import { Flood, Inconclusive } from "./flood";
import type { Limited, Rate } from "./limited";

/** For how long it is counted what a rate lets through: until it is some ten requests, within reason. */
const COUNTED = { requests: 10, leastMs: 600, mostMs: 3000 };
const STEP_MS = 200;

/** Requests that show that a client has used up all. */
const PROBE = 20;
/** Requests before and after large ones. */
const AROUND = 40;
/** For how long it is tried to find out whether there is a limit at all. */
const LONGEST_S = 15;

/**
 * Whether as much is let through as a rate says, at once and later, and of whom. Every bound is one that holds however
 * slow this machine is; where it leaves nothing to tell a wrong limit from a right one, nothing is said.
 *
 * @throws Inconclusive
 */
export async function rateProblems(world: Visited, limited: Limited, rate: Rate): Promise<string[]> {
  const client = new Flood(world, limited);
  const problem =
    (await burstProblem(client, rate)) ??
    (await forgingProblem(client, rate, world.address())) ??
    (await largeBodyProblem(client, limited)) ??
    (await refillProblem(client, rate)) ??
    (await otherProblem(client, new Flood(world, limited), rate));
  return problem === undefined ? [] : [problem];
}

/** What a client may have got so far, and one more for the moment before his first request. */
const mostOf = ({ seconds }: Flood, { average, burst }: Rate): number => burst + Math.ceil(average * seconds) + 1;

async function burstProblem(client: Flood, rate: Rate): Promise<string | undefined> {
  const count = Math.ceil(rate.burst * 1.5) + 20;
  for (let asked = count; ; asked += count) {
    await client.through(count);
    const { granted, seconds } = client;
    const most = mostOf(client, rate);
    if (granted > most) return `${granted} at once go through, not ${rate.burst} to ${most}`;
    if (granted < Math.min(asked, rate.burst)) return `${granted} at once go through, not ${rate.burst}`;
    if (granted < asked) return undefined;
    if (seconds > LONGEST_S) throw new Inconclusive(`${asked} requests took ${seconds} s, so no limit may be reached.`);
  }
}

async function forgingProblem(client: Flood, rate: Rate, claimed: string): Promise<string | undefined> {
  const forging = () => client.through(rate.burst, { "x-forwarded-for": claimed });
  return (await isDistinct(client, rate, rate.burst, forging))
    ? "who says that he is somebody else is counted as him"
    : undefined;
}

/** Nearly a whole burst: of his own he has so much at once, however little comes in. */
async function otherProblem(client: Flood, other: Flood, rate: Rate): Promise<string | undefined> {
  const nearly = Math.ceil(rate.burst * 0.8);
  return (await isDistinct(client, rate, nearly, () => other.through(nearly)))
    ? undefined
    : "another client has to wait";
}

/** Whether a body is looked at before it is counted who sends it. */
async function largeBodyProblem(client: Flood, { maxBodyBytes }: Limited): Promise<string | undefined> {
  if (maxBodyBytes === undefined) return undefined;
  const body = Buffer.alloc(maxBodyBytes + 1, "x");
  for (let look = 0; look < 3; look++) {
    // Those around them use up what comes in meanwhile, or nearly: one of the large ones may get some.
    const before = client.through(AROUND);
    const large = client.statuses(6, { body });
    const [few, more] = await Promise.all([before, client.through(AROUND)]);
    if (!(await large).every((status) => status === 413)) return undefined;
    if (few + more > AROUND) throw new Inconclusive("As much comes in as is asked for.");
  }
  return "a large body is read of somebody who has to wait";
}

/** Whether as many more are let through as the rate says, of a client who asks for more all the time. */
async function refillProblem(client: Flood, rate: Rate): Promise<string | undefined> {
  const { average } = rate;
  const lasts = Math.min(Math.max((COUNTED.requests / average) * 1000, COUNTED.leastMs), COUNTED.mostMs);
  const since = Date.now();
  let asked = since;
  let later = 0;
  while (Date.now() - since < lasts) {
    await sleep(STEP_MS);
    const before = asked;
    asked = Date.now();
    // More than came in since he asked last, however long that took.
    later += await client.through(Math.ceil((average * (asked - before) * 1.5) / 1000) + 2);
  }
  const least = Math.floor(((average * (asked - since)) / 1000) * 0.8) - 1;
  if (later < least) return `${later} later go through, not ${least}`;
  const most = mostOf(client, rate);
  return client.granted > most ? `${client.granted} in ${client.seconds} s go through, not ${most}` : undefined;
}

/**
 * Says whether so many more go through as only somebody gets who has not used up what he may, after a client has: fewer
 * come in meanwhile.
 */
async function isDistinct(
  client: Flood,
  { average }: Rate,
  count: number,
  through: () => Promise<number>,
): Promise<boolean> {
  const began = Date.now();
  if ((await client.through(PROBE)) === PROBE) throw new Inconclusive("More comes in than can be used up.");
  if ((await through()) < count) return false;
  const seconds = (Date.now() - began) / 1000;
  if (average * seconds + 1 < count) return true;
  throw new Inconclusive(`${count} requests took ${seconds} s: ${average} a second came in meanwhile.`);
}
