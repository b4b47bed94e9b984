import path from "node:path";
import type { SecretReader } from "../../../constructs/core/secrets";
import type { Session } from "../../session";
import { terraformOutputs } from "../../terraform/outputs";
import { withVault } from "../../vault/login";
import type { LoginOptions } from "../../vault/login-options";
import { type Declarations, declarationOf, readDeclarations } from "../declarations";
import { printRollout, type RolloutOutcome, type RolloutReach, rollOutPath, rolloutJson } from "../rollout";
import { readSupplied } from "../supply";
import { vaultKv } from "../vault-kv";
import { planRotation } from "./plan";
import { type Rotation, rotateSecret } from "./rotate";

export interface RotateOptions extends LoginOptions {
  readonly dir: string;
  /** New values of a person, as `path:key=source`. */
  readonly supply: readonly string[];
  /** Bring the new values to what uses them too. */
  readonly rollout: boolean;
  /** Seconds that each step of the rollout may take. */
  readonly timeout: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What is rotated. */
export interface RotationTarget {
  readonly path: string;
  /** @default - every key of the path that can be rotated */
  readonly key?: string;
}

/** `strata secrets rotate`: 0 done, 2 a dry run that would write, 1 a problem. */
export async function secretsRotate(
  session: Session,
  target: RotationTarget,
  options: RotateOptions,
  reach: Partial<RolloutReach> = {},
): Promise<number> {
  const folder = path.resolve(session.cwd, options.dir);
  const declarations = readDeclarations(folder);
  const secret = declarationOf(declarations, target.path);
  const supplied = readSupplied(options.supply, declarations.secrets, session);
  const plan = planRotation(secret, target.key, { supplied, outputs: terraformOutputs(folder, session.env) });
  const dryRun = options.dryRun === true;
  const { engine, rotation } = await withVault(session, options, async ({ client }) => {
    const kv = vaultKv(client, declarations.mount, session.retry);
    await kv.check();
    return {
      engine: kv.name,
      rotation: await rotateSecret(secret, plan, { engine: kv, retry: session.retry, dryRun }),
    };
  });
  // Told before the rest is begun: whatever becomes of that, this is done.
  if (!options.json) printRotation(session, secret.path, rotation, dryRun);
  const rollout = options.rollout
    ? await rolledOut(session, declarations, secret, rotation, options, reach)
    : undefined;
  const problems = rollout?.issues ?? [];
  if (options.json) {
    const { path: rotated, owner, readers } = secret;
    const report = { schemaVersion: 1, engine, dryRun, path: rotated, owner, ...rotation, readers };
    const more = { ...(rollout && { rollout: rolloutJson(rollout) }), problems };
    session.terminal.out(JSON.stringify({ ...report, ...more }, undefined, 2));
  } else if (rollout !== undefined) {
    printRollout(session.terminal, rollout, dryRun);
    if (problems.length > 0 && !dryRun) printUnfinished(session, secret.path, rotation);
  } else if (rotation.version !== rotation.previous) printReaders(session, secret.readers);
  if (problems.length > 0) return 1;
  return dryRun && rotation.version !== rotation.previous ? 2 : 0;
}

/** Also when nothing changed: a run before this one may have ended after its write. */
function rolledOut(
  session: Session,
  { mount }: Declarations,
  declaration: Declarations["secrets"][number],
  { rotated, derived }: Rotation,
  options: RotateOptions,
  reach: Partial<RolloutReach>,
): Promise<RolloutOutcome> {
  const subject = { mount, declaration, dryRun: options.dryRun === true, keys: [...rotated, ...derived] };
  return rollOutPath(session, subject, options, reach);
}

function printRotation(
  { terminal }: Session,
  secret: string,
  { rotated, derived, kept, version, previous }: Rotation,
  dryRun: boolean,
): void {
  const changed = [...rotated, ...derived.map((key) => `${key} (derived)`)];
  if (changed.length === 0) terminal.out(`${secret}: nothing to change.`);
  else terminal.out(`${secret}: ${dryRun ? "would rotate" : "rotated"} ${changed.join(", ")}; version ${version}.`);
  for (const { key, reason } of kept) terminal.err(`  ${key} is kept: ${reason}.`);
  if (changed.length > 0 && !dryRun) {
    terminal.err(`The values before are version ${previous} until ten newer ones are written.`);
  }
}

function printUnfinished({ terminal }: Session, secret: string, { version }: Rotation): void {
  terminal.err(
    terminal.colours.yellow(
      [
        `\nVault has version ${version} of ${secret}, and not everything that uses it has those values yet.`,
        `Finish it, without another value, with: strata secrets rollout ${secret}`,
      ].join("\n"),
    ),
  );
}

function printReaders({ terminal }: Session, readers: readonly SecretReader[]): void {
  if (readers.length === 0) return;
  terminal.err(terminal.colours.yellow("\nWho reads it:"));
  for (const { cluster, namespace, serviceAccount } of readers) {
    terminal.err(`  ${cluster}: ${namespace}/${serviceAccount}`);
  }
  terminal.err(
    [
      "External Secrets brings new values into these namespaces within 5 minutes, and operators set a store's passwords",
      "from there. A pod that took a value when it started keeps it until it is restarted, and its logins fail meanwhile.",
      "At once, and with the restarts: strata secrets rollout <path>",
    ].join("\n"),
  );
}
