import path from "node:path";
import type { SecretDeclaration } from "../../../constructs/core/secrets";
import { apiTransport } from "../../kubernetes/api-server";
import type { Patience } from "../../kubernetes/waiting";
import type { Session } from "../../session";
import { terraformOutputs } from "../../terraform/outputs";
import { declarationOf, readDeclarations } from "../declarations";
import { printRollout, rolloutJson } from "./report";
import { type ClusterReach, type RolloutOutcome, rollOut } from "./rollout";

export { printRollout, rolloutJson } from "./report";
export type { RolloutOutcome } from "./rollout";

export interface RolloutOptions {
  /** Folder of the synthesized program. */
  readonly dir: string;
  /** Seconds that each step may take. */
  readonly timeout: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What the command reaches outside; tests hand in their own. */
export interface RolloutReach extends Pick<ClusterReach, "outputs" | "transport"> {
  readonly clock: Omit<Patience, "timeoutMs">;
}

/** `strata secrets rollout`: 0 everything has the new values, 2 a dry run that would do something, 1 a problem. */
export async function secretsRollout(
  session: Session,
  secret: string,
  options: RolloutOptions,
  reach: Partial<RolloutReach> = {},
): Promise<number> {
  const { mount, ...declarations } = readDeclarations(path.resolve(session.cwd, options.dir));
  const declaration = declarationOf({ mount, ...declarations }, secret);
  const dryRun = options.dryRun === true;
  const outcome = await rollOutPath(session, { mount, declaration, dryRun }, options, reach);
  const { issues } = outcome;
  if (options.json) {
    const report = { schemaVersion: 1, path: secret, dryRun, ...rolloutJson(outcome), problems: issues };
    session.terminal.out(JSON.stringify(report, undefined, 2));
  } else {
    printRollout(session.terminal, outcome, dryRun);
    if (issues.length === 0 && !dryRun) session.terminal.out(`${secret}: everything that uses it has its values.`);
  }
  if (issues.length > 0) return 1;
  return dryRun && outcome.refreshed.length > 0 ? 2 : 0;
}

/** What is rolled out. */
export interface RolloutSubject {
  readonly mount: string;
  readonly declaration: Pick<SecretDeclaration, "path" | "readers">;
  readonly dryRun: boolean;
  /** Keys that would change, for a dry run. @default - any may */
  readonly keys?: readonly string[];
}

/** The same for another command, which reports by itself; progress goes to stderr, unless the result is JSON. */
export function rollOutPath(
  session: Session,
  { declaration, ...subject }: RolloutSubject,
  { dir, timeout, json }: Pick<RolloutOptions, "dir" | "timeout" | "json">,
  reach: Partial<RolloutReach> = {},
): Promise<RolloutOutcome> {
  const { retry, terminal } = session;
  return rollOut(declaration, {
    ...subject,
    retry,
    outputs: reach.outputs ?? terraformOutputs(path.resolve(session.cwd, dir), session.env),
    transport: reach.transport ?? ((access) => apiTransport(access)),
    patience: { ...(reach.clock ?? { now: () => performance.now(), sleep: retry.sleep }), timeoutMs: timeout * 1000 },
    say: (line) => {
      if (json !== true) terminal.err(line);
    },
  });
}
