import path from "node:path";
import type { SecretReader } from "../../../constructs/core/secrets";
import type { Session } from "../../session";
import { withVault } from "../../vault/login";
import type { LoginOptions } from "../../vault/login-options";
import { declarationOf, readDeclarations } from "../declarations";
import { readSupplied } from "../supply";
import { vaultKv } from "../vault-kv";
import { planRotation } from "./plan";
import { type Rotation, rotateSecret } from "./rotate";

export interface RotateOptions extends LoginOptions {
  readonly dir: string;
  /** New values of a person, as `path:key=source`. */
  readonly supply: readonly string[];
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
export async function secretsRotate(session: Session, target: RotationTarget, options: RotateOptions): Promise<number> {
  const declarations = readDeclarations(path.resolve(session.cwd, options.dir));
  const secret = declarationOf(declarations, target.path);
  const supplied = readSupplied(options.supply, declarations.secrets, session);
  const plan = planRotation(secret, target.key, supplied);
  const dryRun = options.dryRun === true;
  return withVault(session, options, async ({ client }) => {
    const engine = vaultKv(client, declarations.mount, session.retry);
    await engine.check();
    const rotation = await rotateSecret(secret, plan, { engine, retry: session.retry, dryRun });
    const { owner, readers } = secret;
    const report = { schemaVersion: 1, engine: engine.name, dryRun, path: secret.path, owner, ...rotation, readers };
    if (options.json) session.terminal.out(JSON.stringify({ ...report, problems: [] }, undefined, 2));
    else print(session, secret.path, rotation, readers, dryRun);
    return dryRun && rotation.version !== rotation.previous ? 2 : 0;
  });
}

function print(
  { terminal }: Session,
  secret: string,
  { rotated, derived, kept, version, previous }: Rotation,
  readers: readonly SecretReader[],
  dryRun: boolean,
): void {
  const changed = [...rotated, ...derived.map((key) => `${key} (derived)`)];
  if (changed.length === 0) terminal.out(`${secret}: nothing to change.`);
  else terminal.out(`${secret}: ${dryRun ? "would rotate" : "rotated"} ${changed.join(", ")}; version ${version}.`);
  for (const { key, reason } of kept) terminal.err(`  ${key} is kept: ${reason}.`);
  if (changed.length === 0 || readers.length === 0) return;
  terminal.err(terminal.colours.yellow("\nWho reads it:"));
  for (const { cluster, namespace, serviceAccount } of readers) {
    terminal.err(`  ${cluster}: ${namespace}/${serviceAccount}`);
  }
  terminal.err(
    [
      "External Secrets brings new values into these namespaces within 5 minutes, and operators set a store's passwords",
      "from there. A pod that took a value when it started keeps it until it is restarted, and its logins fail meanwhile:",
      "  kubectl -n <namespace> rollout restart deployment",
      dryRun ? "" : `The values before are version ${previous} until ten newer ones are written.`,
    ]
      .filter((line) => line !== "")
      .join("\n"),
  );
}
