import path from "node:path";
import type { Session } from "../session";
import { withVault } from "../vault/login";
import type { LoginOptions } from "../vault/login-options";
import { partOf, readIdentity } from "./document";
import { withProviders } from "./providers";
import { printSurvey, summariseSurvey } from "./report";
import { surveyIdentity } from "./status";

export interface IdentityStatusOptions extends LoginOptions {
  readonly dir: string;
  readonly environment?: string;
  readonly url?: string;
  readonly json?: boolean;
}

/** `strata identity status`: 0 all is right, 2 something is missing or different, 1 a problem. */
export async function identityStatus(session: Session, options: IdentityStatusOptions): Promise<number> {
  const { environment } = options;
  const whole = readIdentity(path.resolve(session.cwd, options.dir));
  const document = partOf(whole, environment);
  const results = await withVault(session, options, (vault) =>
    withProviders(session, vault, document, options.url, async ({ provider, engine, wanted }) => {
      const declared = whole.clients.filter((client) => client.provider === provider.name);
      const survey = await surveyIdentity(wanted.objects, engine, declared, environment);
      const issues = [...wanted.issues, ...survey.issues];
      return { ...survey, name: provider.name, engine: engine.name, issues };
    }),
  );
  const survey = {
    objects: results.flatMap((result) => result.objects),
    undeclared: results.flatMap((result) => result.undeclared),
    issues: results.flatMap((result) => result.issues),
  };
  const summary = summariseSurvey(survey);
  const { issues: problems, ...found } = survey;
  const providers = results.map(({ name, engine }) => ({ name, engine }));
  const report = { schemaVersion: 1, providers, ...found, summary, problems };
  if (options.json) session.terminal.out(JSON.stringify(report, undefined, 2));
  else printSurvey(session, survey);
  if (problems.length > 0) return 1;
  return summary.absent + summary.different > 0 ? 2 : 0;
}
