import path from "node:path";
import type { Session } from "../session";
import { withVault } from "../vault/login";
import type { LoginOptions } from "../vault/login-options";
import { partOf, readIdentity } from "./document";
import { nameOf } from "./engine";
import { withProviders } from "./providers";
import { printSync, summariseSync } from "./report";
import { syncIdentity } from "./sync";

export interface IdentitySyncOptions extends LoginOptions {
  readonly dir: string;
  readonly environment?: string;
  readonly url?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `strata identity sync`: 0 done, 1 a problem, 2 a dry run that would write. */
export async function identitySync(session: Session, options: IdentitySyncOptions): Promise<number> {
  const document = partOf(readIdentity(path.resolve(session.cwd, options.dir)), options.environment);
  const dryRun = options.dryRun === true;
  const { terminal } = session;
  const results = await withVault(session, options, (vault) =>
    withProviders(session, vault, document, options.url, async ({ provider, engine, wanted }) => {
      const { objects, issues } = await syncIdentity(wanted.objects, {
        engine,
        dryRun,
        retry: session.retry,
        onObject: (report) => {
          if (terminal.interactive && report.action !== "kept") terminal.err(`${nameOf(report)}: ${report.action}`);
        },
      });
      return { name: provider.name, engine: engine.name, objects, issues: [...wanted.issues, ...issues] };
    }),
  );
  const objects = results.flatMap((result) => result.objects);
  const problems = results.flatMap((result) => result.issues);
  const summary = summariseSync(objects);
  const providers = results.map(({ name, engine }) => ({ name, engine }));
  const report = { schemaVersion: 1, dryRun, providers, objects, summary, problems };
  if (options.json) terminal.out(JSON.stringify(report, undefined, 2));
  else printSync(session, objects, problems, dryRun);
  if (problems.length > 0) return 1;
  return dryRun && summary.created + summary.updated > 0 ? 2 : 0;
}
