/** What `strata init` has to know, from flags or from questions. */
import type * as z from "zod/mini";
import { ZONE_PLANS, type ZonePlan } from "../../constructs/cloudflare/zone-edge/rules";
import { type Issue, StrataError } from "../../constructs/core/errors";
import { findRegion, nearestRegions } from "../../constructs/vultr/catalogue";
import { list, oneOf, text } from "../../schema/fields/kit";
import { clusterVersion, domain, email, name, organisation } from "../../schema/fields/texts";
import { CLUSTER_VERSION } from "../../schema/pins";
import { orList } from "../../schema/words";

export interface Answers {
  readonly organisation: string;
  readonly contact: string;
  readonly domain: string;
  readonly internalDomain: string;
  readonly zonePlan: ZonePlan;
  readonly region: string;
  readonly kubernetesVersion: string;
  /** Who may pass the gate `main`. */
  readonly groups: readonly string[];
  readonly environments: readonly string[];
  /** Those of them that get a cluster of their own. */
  readonly dedicated: readonly string[];
}

/** Flags as given; what was not given is undefined. */
export type Flags = Partial<Answers>;

/** The questions that have no sensible default. */
export const REQUIRED = ["organisation", "contact", "domain", "region"] as const satisfies readonly (keyof Answers)[];

/** What holds for a question that was neither answered nor asked. */
export function withDefaults(flags: Flags & Pick<Answers, (typeof REQUIRED)[number]>): Answers {
  const environments = flags.environments ?? ["staging", "prod"];
  return {
    ...flags,
    internalDomain: flags.internalDomain ?? flags.domain,
    zonePlan: flags.zonePlan ?? "free",
    kubernetesVersion: flags.kubernetesVersion ?? CLUSTER_VERSION,
    groups: flags.groups ?? ["admins"],
    environments,
    dedicated: flags.dedicated ?? environments.filter((each) => each === "prod"),
  };
}

/** A flag's name on the command line. */
export function flagOf(key: keyof Answers): string {
  return `--${FLAG_NAMES[key] ?? key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

const FLAG_NAMES: Partial<Record<keyof Answers, string>> = { groups: "group", environments: "environment" };

/** What would be right in the place of an answer; `undefined` if it is right. */
export function faultOf(key: keyof Answers, value: unknown): string | undefined {
  if (key === "region" && typeof value === "string" && findRegion(value) === undefined) {
    return `Write a Vultr region id, such as ${orList(nearestRegions(value))}.`;
  }
  const result = FORMS[key]().safeParse(value);
  return result.success ? undefined : `Write ${result.error.issues[0]?.message}.`;
}

const names = () => list(name(), "a list of names");
const FORMS: Readonly<Record<keyof Answers, () => z.ZodMiniType>> = {
  organisation,
  contact: email,
  domain,
  internalDomain: domain,
  zonePlan: () => oneOf(ZONE_PLANS),
  region: () => text("a Vultr region id"),
  kubernetesVersion: clusterVersion,
  groups: () => list(text("the name of a group"), "at least one group", 1),
  environments: names,
  dedicated: names,
};

/** Refuses flags that are wrong, all at once. */
export function checkFlags(flags: Flags): void {
  const issues: Issue[] = [];
  for (const [key, value] of Object.entries(flags) as [keyof Answers, Answers[keyof Answers]][]) {
    const fix = faultOf(key, value);
    if (fix !== undefined) issues.push({ where: flagOf(key), problem: "this is not valid", value, fix });
  }
  const unknown = (flags.dedicated ?? []).filter((each) => !(flags.environments ?? ["staging", "prod"]).includes(each));
  for (const each of unknown) {
    const fix = `Add --environment ${each}, or leave it out.`;
    issues.push({ where: "--dedicated", problem: "this environment is not among those to write", value: each, fix });
  }
  if (issues.length > 0) throw new StrataError(issues);
}

/** Refuses to go on without the flags that have no default. */
export function checkComplete(flags: Flags): asserts flags is Flags & Pick<Answers, (typeof REQUIRED)[number]> {
  const missing = REQUIRED.filter((key) => flags[key] === undefined);
  if (missing.length === 0) return;
  const fix = `Add ${missing.map((key) => `${flagOf(key)} <${key}>`).join(" ")}, or run it in a terminal to be asked.`;
  throw StrataError.of({ where: "strata init", problem: "some flags are missing", fix });
}
