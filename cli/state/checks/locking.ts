import { describeAnswer } from "../s3/answers";
import type { S3Answer } from "../s3/client";
import type { Probes } from "./probes";
import { type CheckResult, failed, passed } from "./result";

/** How many times two writers meet: a store that looks and then writes loses such a race only now and then. */
const ROUNDS = 5;
/** A store may turn away both of two writers that meet; then they meet again. */
const TRIES = 3;

const ANOTHER_STORE =
  "Use a store that honours If-None-Match, or set state.useLockfile: false and let only one apply run at a time by other means.";

/** Takes a lock twice, as two runs of Terraform would: the second must be refused and change nothing. */
export async function checkLock(probes: Probes): Promise<CheckResult> {
  const key = probes.key("lock");
  const first = await probes.putIfAbsent(key, "first");
  if (first !== "written") return refused("lock", first, "a lock that nobody holds");
  const second = await probes.putIfAbsent(key, "second");
  if (second === "written") {
    const detail = "the store ignores the condition of a write (If-None-Match): two applies could write one state";
    return failed("lock", detail, ANOTHER_STORE);
  }
  if (second !== "refused") {
    const detail = `a lock that is held is not refused with 412 or 409, but with ${describeAnswer(second)}`;
    return failed("lock", detail, ANOTHER_STORE);
  }
  const { body } = await probes.get(key);
  if (body === "first") return passed("lock", "a lock that is held is refused to the next one");
  return failed("lock", "a write that was refused has changed the object all the same", ANOTHER_STORE);
}

/** Lets two take one lock at the same moment, several times: exactly one gets it. */
export async function checkRace(probes: Probes): Promise<CheckResult> {
  for (let round = 1; round <= ROUNDS; round++) {
    const problem = await race(probes, round);
    if (problem !== undefined) return problem;
  }
  return passed("lock race", `of two at the same moment exactly one gets the lock (${ROUNDS} times)`);
}

/** Releases a lock and takes it again. In a bucket with versions something of it is still there. */
export async function checkUnlock(probes: Probes): Promise<CheckResult> {
  const key = probes.key("lock");
  const deleted = await probes.delete(key);
  if (deleted.status !== 204 && deleted.status !== 200) {
    const fix = "Give the access key the right to delete objects: without it each lock stays for ever.";
    return failed("unlock", `a lock cannot be deleted (${describeAnswer(deleted)})`, fix);
  }
  const { status } = await probes.get(key);
  if (status !== 404) return failed("unlock", `a deleted lock is still read (${status})`, ANOTHER_STORE);
  const again = await probes.putIfAbsent(key, "again");
  if (again === "written") return passed("unlock", "a lock that was released can be taken again");
  return refused("unlock", again, "a lock that was released");
}

async function race(probes: Probes, round: number): Promise<CheckResult | undefined> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const key = probes.key(`race-${round}-${attempt}`);
    const bodies = ["one", "other"];
    const ends = await Promise.all(bodies.map((body) => probes.putIfAbsent(key, body)));
    const odd = ends.find((end) => typeof end !== "string");
    if (odd !== undefined) return refused("lock race", odd, "a lock that two want at the same moment");
    const winners = bodies.filter((_, index) => ends[index] === "written");
    if (winners.length > 1) {
      const detail = "both of two writers at the same moment got the lock: two applies could write one state";
      return failed("lock race", detail, ANOTHER_STORE);
    }
    if (winners.length === 0) continue;
    if ((await probes.get(key)).body === winners[0]) return undefined;
    return failed("lock race", "the lock holds what the loser of two writers wrote", ANOTHER_STORE);
  }
  return failed("lock race", "neither of two writers at the same moment gets the lock", ANOTHER_STORE);
}

function refused(check: "lock" | "lock race" | "unlock", end: "refused" | S3Answer, what: string): CheckResult {
  const said = end === "refused" ? "as if it were held" : describeAnswer(end);
  return failed(check, `${what} is refused (${said})`, ANOTHER_STORE);
}
