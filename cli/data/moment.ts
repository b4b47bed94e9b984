import { StrataError } from "../../constructs/core/errors";
import { parseMoment } from "../../schema/fields/texts";

const DAY = 86_400_000;

/**
 * Reads the moment to restore to, in whole seconds.
 *
 * @throws StrataError when it is none
 */
export function readMoment(text: string): string {
  const moment = parseMoment(text);
  if (moment !== undefined) return moment;
  throw refusal("is not a date and time in UTC that exists", text, "Write one such as 2026-11-20T10:00:00Z.");
}

/**
 * Refuses a moment that no backup can have.
 *
 * @param now - milliseconds since 1970
 * @throws StrataError when it lies ahead, or before the oldest backup that is kept
 */
export function checkMoment(moment: string, now: number, retentionDays: number): void {
  const time = Date.parse(moment);
  if (time > now) {
    const fix = "Leave --to out for the newest state that was backed up.";
    throw refusal(`lies ahead: it is ${shown(now)}`, moment, fix);
  }
  const oldest = now - retentionDays * DAY;
  if (time >= oldest) return;
  const problem = `lies before what is kept: backups are kept for ${retentionDays} days`;
  throw refusal(problem, moment, `Take a moment from ${shown(oldest)} on.`);
}

function refusal(problem: string, value: string, fix: string): StrataError {
  return StrataError.of({ where: "--to", problem, value, fix });
}

function shown(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
