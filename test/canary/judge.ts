import type { Finding } from "./scan";

/** Where a secret may be, and why. */
export interface Exception {
  /** Path and key of the secret; `*` stands for any text. */
  readonly secret: string;
  /** The place, as a finding names it; `*` stands for any text. */
  readonly place: string;
  readonly reason: string;
  /** File and heading of the documentation that says so. */
  readonly documented: string;
}

/** What a scan comes to: both lists are empty when all is as it is listed. */
export interface Judgement {
  /** A line for every secret that is where it may not be. */
  readonly leaks: readonly string[];
  /** A line for every exception that nothing needs any more. */
  readonly idle: readonly string[];
}

/** Compares what was found with what is listed: neither may have more than the other. */
export function judge(findings: readonly Finding[], exceptions: readonly Exception[]): Judgement {
  const rules = exceptions.map((exception) => ({
    exception,
    secret: pattern(exception.secret),
    place: pattern(exception.place),
    used: false,
  }));
  const leaks = findings.filter(({ secret, place }) => {
    const matching = rules.filter((rule) => rule.secret.test(secret) && rule.place.test(place));
    for (const rule of matching) rule.used = true;
    return matching.length === 0;
  });
  return {
    leaks: leaks.map(describeFinding),
    idle: rules
      .filter(({ used }) => !used)
      .map(({ exception }) => `${exception.secret} is listed for ${exception.place}, and is not there any more`),
  };
}

/** A finding in one line, without the value. */
export function describeFinding({ secret, encoding, place, offset }: Finding): string {
  return `${secret} (${encoding}) in ${place} at byte ${offset}`;
}

function pattern(text: string): RegExp {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`, "s");
}
