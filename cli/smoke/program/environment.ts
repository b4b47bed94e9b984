import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import { slug } from "../../../constructs/core/names";
import { nearest } from "../../../constructs/core/nearest";
import type { RouteProgram, Row } from "./rows";

/** The routes of an environment, and those of the platform that it stands on. */
export interface EnvironmentRoutes {
  /** Rows of the environment's applications. */
  readonly own: readonly Row[];
  /** Rows of the services below: gates, sign-on, Vault. */
  readonly platform: readonly Row[];
  /** Hosts where people log in. */
  readonly loginHosts: ReadonlySet<string>;
}

const DATA = "l3-data-";

/**
 * Finds the routes of an environment in a program.
 *
 * @throws StrataError when the program has no such environment, or the environment no route
 */
export function environmentRoutes(program: RouteProgram, name: string): EnvironmentRoutes {
  const ids = program.stacks.map(({ id }) => id);
  const environments = [...new Set(ids.flatMap((id) => environmentOf(id, ids) ?? []))];
  if (!environments.includes(slug(name))) {
    const fix = `Use one of ${nearest(name, environments).join(", ") || "those of a program that was synthesized whole"}.`;
    throw StrataError.of({ where: program.folder, problem: "the program has no such environment", value: name, fix });
  }
  const stacks = ids.filter((id) => id.startsWith("l4-") && environmentOf(id, ids) === slug(name));
  const below = standsOn(program, stacks);
  const own = program.rows.filter(({ stack }) => stacks.includes(stack));
  if (own.length === 0) {
    const fix = "Give it an application, or synthesize all of its stacks.";
    throw StrataError.of({ where: program.folder, problem: `the environment ${name} has no routes`, fix });
  }
  const platform = program.rows.filter(({ stack }) => below.has(stack) && !stacks.includes(stack));
  return { own, platform, loginHosts: loginHostsOf(program) };
}

/** Environment of a stack: of `l4-<group>-<environment>`, where only known names tell where the group ends. */
function environmentOf(id: string, ids: readonly string[]): string | undefined {
  const known = ids.filter((each) => each.startsWith(DATA)).map((each) => each.slice(DATA.length));
  if (id.startsWith(DATA)) return id.slice(DATA.length);
  if (!id.startsWith("l4-")) return undefined;
  const [longest] = known.filter((each) => id.endsWith(`-${each}`)).sort((a, b) => b.length - a.length);
  return longest ?? /^l4-[^-]+-(.+)$/.exec(id)?.[1];
}

/** Stacks that others depend on, directly or not. */
function standsOn({ stacks }: RouteProgram, ids: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>(ids);
  for (const id of seen) for (const each of stacks.find((stack) => stack.id === id)?.dependencies ?? []) seen.add(each);
  return seen;
}

const identity = z.object({ providers: z.array(z.object({ url: z.string() })) });

/** The hosts of the identity providers that the program declares: nobody logs in anywhere else. */
function loginHostsOf({ folder }: RouteProgram): ReadonlySet<string> {
  const file = path.join(folder, "identity.json");
  try {
    const { providers } = identity.parse(JSON.parse(readFileSync(file, "utf8")));
    return new Set(providers.map(({ url }) => new URL(url).hostname));
  } catch {
    const fix = "Run `npm run synth` again, with this version of Strata.";
    throw StrataError.of({ where: file, problem: "is not there, or not what a program declares of identity", fix });
  }
}
