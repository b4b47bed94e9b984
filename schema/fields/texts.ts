/** Forms of single values. */
import * as z from "zod/mini";
import { text } from "./kit";

/** Longest name of a cluster, network or environment: Helm releases and hosts are built from it. */
export const NAME_LENGTH = 40;

/** Name of a cluster, network or environment; its slug is what counts. */
export const name = () =>
  text(
    `a name of letters, digits, "-" and ".", at most ${NAME_LENGTH} characters`,
    /^(?=.{1,40}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
  );

export const organisation = () =>
  text('a short name of lower case letters, digits and "-"', /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/);

/** Name of something inside a cluster. */
export const label = (what: string) =>
  text(
    `${what}: lower case letters, digits and "-", at most 30 characters`,
    /^(?=.{1,30}$)[a-z]([a-z0-9-]*[a-z0-9])?$/,
  );

/** Name of a profile: one word, because the names of environments start with it. */
export const typeName = () => text("one word of lower case letters and digits, such as qa", /^[a-z][a-z0-9]{0,15}$/);

export const domain = () =>
  text("a domain in lower case, such as acme.example", /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/);

export const email = () => text("an e-mail address", /^[^\s@]+@[^\s@]+\.[^\s@]+$/);

export const region = () => text("a Vultr region id, such as fra", /^[a-z]{3}$/);

export const planId = () => text("a Vultr plan id, such as vc2-2c-4gb", /^[a-z0-9]+(-[a-z0-9.]+)+$/);

/** VKE versions carry a build number: only exact ones can be created. */
export const clusterVersion = () => text("an exact VKE version, such as v1.36.1+1", /^v\d+\.\d+\.\d+\+\d+$/);

/** No ranges, no `latest`, no `2`: the same configuration always means the same software. */
export const exactVersion = (example: string) =>
  text(`an exact version, such as "${example}"`, /^v?\d+\.\d+\.\d+(-[0-9A-Za-z][0-9A-Za-z.-]*)?(\+[0-9A-Za-z.-]+)?$/);

export const cidr = () =>
  text("an IPv4 range in CIDR notation, such as 10.20.0.0/24", /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/);

/** Amount of storage or memory. */
export const bytes = (example: string) => text(`an amount such as ${example}`, /^[1-9]\d*(Mi|Gi|Ti)$/);

/** Processor time; YAML reads `2` as a number, which is as clear. */
export const cpu = () =>
  z.union(
    [
      text("processor time, such as 500m or 2", /^([1-9]\d*m|[1-9]\d*(\.\d+)?|0?\.\d*[1-9]\d*)$/),
      z.number({ error: "processor time, such as 500m or 2" }).check(z.positive({ error: "more than zero" })),
    ],
    { error: "processor time, such as 500m or 2" },
  );

/** A moment in UTC. Nothing is compared with the present: a synth has no clock. */
export const moment = () =>
  text("a date and time in UTC, such as 2026-12-01T09:00:00Z", MOMENT).check(
    z.refine((value) => parseMoment(value) !== undefined, { error: "a day and time that exist" }),
  );

/** When something recurs, in UTC: minute, hour, day of the month, month, day of the week. */
export const schedule = () =>
  text('five fields of cron in UTC, such as "30 1 * * *"').check(
    z.refine(isCron, { error: 'five fields of cron in UTC, such as "30 1 * * *"' }),
  );

/** Lowest and highest value of each field; the operators know Sunday as 0 only. */
const CRON_FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/** Numbers, ranges, lists and steps: what every scheduler that reads it understands alike. */
function isCron(value: string): boolean {
  const fields = value.split(" ");
  return (
    fields.length === CRON_FIELDS.length &&
    CRON_FIELDS.every(([min, max], index) => fields[index]?.split(",").every((part) => isCronPart(part, min, max)))
  );
}

function isCronPart(part: string, min: number, max: number): boolean {
  const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
  if (match === null) return false;
  const first = Number(match[1] ?? min);
  const last = Number(match[2] ?? match[1] ?? max);
  const step = Number(match[3] ?? 1);
  return first >= min && last <= max && first <= last && step >= 1 && step <= max;
}

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?(?:\.\d+)?Z)?$/;

/** Normalises a moment to whole seconds; `undefined` if there is no such day or time. */
export function parseMoment(value: string): string | undefined {
  const parts = MOMENT.exec(value);
  if (parts === null) return undefined;
  const full = `${parts[1]}T${parts[2] ?? "00:00"}${parts[3] ?? ":00"}Z`;
  const date = new Date(full);
  // The 30th of February is read as a day of March: what comes back must be what was written.
  if (Number.isNaN(date.getTime()) || `${date.toISOString().slice(0, 19)}Z` !== full) return undefined;
  return full;
}
