import path from "node:path";
import { describe, type Issue, StrataError } from "../../../constructs/core/errors";
import { slug } from "../../../constructs/core/names";
import type { Session } from "../../session";
import { type Ask, confirmName } from "../../terminal/confirm";
import { withVault } from "../../vault/login";
import type { LoginOptions } from "../../vault/login-options";
import { readDeclarations } from "../declarations";
import { pathsIn, type SecretEngine } from "../engine";
import { isEnvironment } from "../environments";
import { vaultKv } from "../vault-kv";
import { deployedStacks, environmentStacks, type ObjectCount, stateCount } from "./deployed";

export interface PurgeOptions extends LoginOptions {
  readonly dir: string;
  /** The environment's name, given beforehand. */
  readonly yes?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What the command reaches outside; tests hand in their own. */
export interface PurgeReach {
  readonly objects: ObjectCount;
  readonly ask: Ask;
}

/** `strata secrets purge`: 0 nothing is left, 2 a dry run that would delete, 1 a problem. */
export async function secretsPurge(
  session: Session,
  environment: string,
  options: PurgeOptions,
  reach: Partial<PurgeReach> = {},
): Promise<number> {
  const { terminal } = session;
  const folder = path.resolve(session.cwd, options.dir);
  const dryRun = options.dryRun === true;
  const name = environmentName(environment);
  const { mount } = readDeclarations(folder);
  const deployed = await deployedStacks(
    environmentStacks(folder, name),
    reach.objects ?? stateCount(folder, session.env),
  );
  if (deployed.length > 0) throw new StrataError(deployed);
  return withVault(session, options, async ({ client }) => {
    const engine = vaultKv(client, mount, session.retry);
    await engine.check();
    const paths = await pathsIn(engine, `${name}/`);
    if (paths.length > 0 && !dryRun) {
      const listed = paths.map((secret) => `  ${secret}`).join("\n");
      const warning = `These secrets are deleted with all of their versions, for good:\n${listed}`;
      await confirmName(
        session,
        { name, kind: "environment", warning, yes: options.yes, json: options.json },
        reach.ask,
      );
    }
    const result = dryRun ? { deleted: paths, issues: [] } : await deleteAll(engine, name, paths);
    const report = { schemaVersion: 1, engine: engine.name, environment: name, dryRun, deleted: result.deleted };
    if (options.json) terminal.out(JSON.stringify({ ...report, problems: result.issues }, undefined, 2));
    else print(session, report, result.issues);
    if (result.issues.length > 0) return 1;
    return dryRun && paths.length > 0 ? 2 : 0;
  });
}

function environmentName(text: string): string {
  const name = slug(text);
  if (isEnvironment(name)) return name;
  const fix = "Name one environment, as its file is called.";
  throw StrataError.of({ where: "environment", problem: "is not the name of one", value: text, fix });
}

/** Stops when the engine does not answer any more: a second run deletes the rest. */
async function deleteAll(engine: SecretEngine, environment: string, paths: readonly string[]) {
  const deleted: string[] = [];
  const issues: Issue[] = [];
  try {
    for (const secret of paths) {
      await engine.delete(secret);
      deleted.push(secret);
    }
    for (const secret of await pathsIn(engine, `${environment}/`)) {
      const problem = `${secret} was written again at the same time`;
      issues.push({ where: engine.name, problem, fix: "Find out who does, and run it again." });
    }
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    const left = `${paths.length - deleted.length} of ${paths.length} paths are left`;
    issues.push(...error.issues.map((issue) => ({ ...issue, problem: `${issue.problem}; ${left}` })));
  }
  return { deleted, issues };
}

function print(
  { terminal }: Session,
  report: { readonly environment: string; readonly dryRun: boolean; readonly deleted: readonly string[] },
  issues: readonly Issue[],
): void {
  const { environment, dryRun, deleted } = report;
  for (const secret of deleted) terminal.out(`${dryRun ? "would delete" : "deleted"} ${secret}`);
  if (deleted.length === 0 && issues.length === 0) terminal.out(`No secret of ${environment} is there.`);
  for (const issue of issues) terminal.err(terminal.colours.red(`${issue.where}: ${describe(issue)}`));
}
