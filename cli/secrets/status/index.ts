import path from "node:path";
import type { Session } from "../../session";
import { withVault } from "../../vault/login";
import type { LoginOptions } from "../../vault/login-options";
import { readDeclarations } from "../declarations";
import { folderOf, partOf } from "../environments";
import { vaultKv } from "../vault-kv";
import { printSurvey } from "./report";
import { summarise, surveySecrets } from "./survey";

export interface StatusOptions extends LoginOptions {
  readonly dir: string;
  /** Only this environment's paths. @default - all of them */
  readonly environment?: string;
  readonly json?: boolean;
}

/** `strata secrets status`: 0 all is there, 2 something that is needed is missing, 1 a problem. */
export async function secretsStatus(session: Session, options: StatusOptions): Promise<number> {
  const { environment } = options;
  const { secrets, mount } = partOf(readDeclarations(path.resolve(session.cwd, options.dir)), environment);
  return withVault(session, options, async ({ client }) => {
    const engine = vaultKv(client, mount, session.retry);
    await engine.check();
    const survey = await surveySecrets(secrets, engine, folderOf(environment));
    const summary = summarise(survey);
    const { issues: problems, ...found } = survey;
    const report = { schemaVersion: 1, engine: engine.name, ...found, summary, problems };
    if (options.json) session.terminal.out(JSON.stringify(report, undefined, 2));
    else printSurvey(session, survey);
    if (problems.length > 0) return 1;
    return summary.required > 0 ? 2 : 0;
  });
}
