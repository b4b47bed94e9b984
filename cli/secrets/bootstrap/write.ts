import { StrataError } from "../../../constructs/core/errors";
import { stackId } from "../../../constructs/core/names";
import type { BootstrapSecret } from "../../../constructs/core/secrets";
import type { Session } from "../../session";
import { SecretValue } from "../secret-value";
import type { ClusterSecrets } from "./cluster-secrets";

/** What happened to one secret. Names only. */
export interface BootstrapReport {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly written: readonly string[];
  readonly kept: readonly string[];
  /** Keys without a value, with the variable to set. */
  readonly missing: readonly { readonly key: string; readonly variable: string; readonly description: string }[];
}

export interface WriteOptions {
  readonly session: Session;
  readonly replace: boolean;
  readonly dryRun: boolean;
  readonly ask: boolean;
}

/** Somebody else writes the same secret: how often to look again. */
const ATTEMPTS = 4;

/** Writes the keys that are not there yet, or all declared ones to replace them; other keys stay as they are. */
export async function writeBootstrapSecret(
  secret: BootstrapSecret,
  cluster: ClusterSecrets,
  options: WriteOptions,
): Promise<BootstrapReport> {
  const answers = new Map<string, SecretValue | undefined>();
  const { cluster: clusterName, namespace, name } = secret;
  await requireNamespace(secret, cluster);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const known = await cluster.read(secret);
    const wanted = Object.keys(secret.keys).filter((key) => options.replace || !known?.keys.includes(key));
    for (const key of wanted) {
      if (!answers.has(key)) answers.set(key, await valueFor(secret, key, options));
    }
    const values = new Map(wanted.flatMap((key) => pair(key, answers.get(key))));
    const written = options.dryRun ? wanted : [...values.keys()];
    const kept = Object.keys(secret.keys).filter((key) => !wanted.includes(key));
    const missing = wanted.flatMap((key) => (written.includes(key) ? [] : missingKey(secret, key)));
    const report = { cluster: clusterName, namespace, name, written, kept, missing };
    // Half a secret would be taken for a whole one: it is written when nothing is missing.
    if (options.dryRun || wanted.length === 0) return report;
    if (missing.length > 0) return { ...report, written: [] };
    if (await cluster.write(secret, values, known)) return report;
  }
  throw StrataError.of({
    where: `API server ${cluster.host}`,
    problem: `somebody else keeps writing the secret ${namespace}/${name}`,
    fix: "Find out who does, and run it again.",
  });
}

async function requireNamespace(secret: BootstrapSecret, cluster: ClusterSecrets): Promise<void> {
  if (await cluster.hasNamespace(secret.namespace)) return;
  const stack = stackId.base(secret.cluster);
  throw StrataError.of({
    where: `API server ${cluster.host}`,
    problem: `the namespace ${secret.namespace} is not there yet`,
    // Creating it here would give it two owners, and Terraform would refuse to create it again.
    fix: `Its stack makes it: cdktf deploy ${stack}`,
  });
}

async function valueFor(secret: BootstrapSecret, key: string, options: WriteOptions): Promise<SecretValue | undefined> {
  const declared = secret.keys[key];
  const value = options.session.env[declared?.environmentVariable ?? ""];
  if (value) return new SecretValue(value);
  if (!options.ask || options.dryRun) return undefined;
  const question = `${secret.cluster} ${secret.namespace}/${secret.name} ${key} (${declared?.description ?? ""})`;
  const answer = await options.session.terminal.askSecret(question);
  return answer === "" ? undefined : new SecretValue(answer);
}

function pair(key: string, value: SecretValue | undefined): readonly (readonly [string, SecretValue])[] {
  return value === undefined ? [] : [[key, value]];
}

function missingKey(secret: BootstrapSecret, key: string) {
  const { environmentVariable = "", description = "" } = secret.keys[key] ?? {};
  return [{ key, variable: environmentVariable, description }];
}
