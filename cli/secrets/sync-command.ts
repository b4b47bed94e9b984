import path from "node:path";
import type { Session } from "../session";
import { terraformOutputs } from "../terraform/outputs";
import { type OpenVault, withVault } from "../vault/login";
import type { LoginOptions } from "../vault/login-options";
import { type Declarations, readDeclarations } from "./declarations";
import { partOf } from "./environments";
import { jsonReport, printReport, summarise } from "./report";
import { readSupplied, refuseSharedVariables, refuseUndeclaredVariables, type Supplied } from "./supply";
import { syncSecrets } from "./sync";
import { valueSource } from "./values";
import { vaultKv } from "./vault-kv";

export interface SyncOptions extends LoginOptions {
  readonly dir: string;
  /** Only this environment's paths. @default - all of them */
  readonly environment?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly supply: readonly string[];
  readonly fromEnv?: boolean;
}

/** `strata secrets sync`: 0 done, 1 a problem or a required key without a value, 2 a dry run that would write. */
export async function secretsSync(session: Session, options: SyncOptions): Promise<number> {
  const folder = path.resolve(session.cwd, options.dir);
  const whole = readDeclarations(folder);
  const declarations = partOf(whole, options.environment);
  const supplied = readSupplied(options.supply, declarations.secrets, session);
  if (options.fromEnv) {
    // Variables may be there for every environment.
    refuseSharedVariables(whole.secrets);
    refuseUndeclaredVariables(whole.secrets, session.env);
  }
  return withVault(session, options, (vault) => sync(session, options, { vault, folder, declarations, supplied }));
}

interface Parts {
  readonly vault: OpenVault;
  readonly folder: string;
  readonly declarations: Declarations;
  readonly supplied: Supplied;
}

async function sync(
  session: Session,
  options: SyncOptions,
  { vault, folder, declarations, supplied }: Parts,
): Promise<number> {
  const dryRun = options.dryRun === true;
  const engine = vaultKv(vault.client, declarations.mount, session.retry);
  await engine.check();
  const result = await syncSecrets(declarations.secrets, {
    engine,
    dryRun,
    retry: session.retry,
    valueOf: valueSource({
      session,
      supplied,
      dryRun,
      fromEnvironment: options.fromEnv === true,
      ask: session.terminal.interactive && options.json !== true,
      outputs: terraformOutputs(folder, session.env),
    }),
    onPath: ({ path: secret, created }) => {
      if (session.terminal.interactive && created.length > 0) session.terminal.err(`${secret}: ${created.length} keys`);
    },
  });
  if (options.json) session.terminal.out(jsonReport(engine.name, result, dryRun));
  else printReport(session, declarations, result, dryRun);
  const { created, required } = summarise(result.paths);
  if (result.issues.length > 0 || required > 0) return 1;
  return dryRun && created > 0 ? 2 : 0;
}
