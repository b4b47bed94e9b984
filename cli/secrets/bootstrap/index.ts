import path from "node:path";
import { describe, type Issue, StrataError } from "../../../constructs/core/errors";
import { type ApiTransport, apiTransport } from "../../kubernetes/api-server";
import { type ClusterAccess, clusterAccess } from "../../kubernetes/cluster-access";
import { clusterApi } from "../../kubernetes/cluster-api";
import type { Session } from "../../session";
import { renderTable } from "../../terminal/table";
import { type OutputReader, terraformOutputs } from "../../terraform/outputs";
import { readDeclarations } from "../declarations";
import { clusterSecrets } from "./cluster-secrets";
import { type BootstrapReport, writeBootstrapSecret } from "./write";

export interface BootstrapOptions {
  readonly dir: string;
  readonly cluster?: string;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What the command reaches outside; tests hand in their own. */
export interface BootstrapReach {
  readonly outputs: OutputReader;
  readonly transport: (access: ClusterAccess) => ApiTransport;
}

/** `strata secrets bootstrap`: 0 done, 1 a problem or a missing value, 2 a dry run that would write. */
export async function secretsBootstrap(
  session: Session,
  options: BootstrapOptions,
  reach: Partial<BootstrapReach> = {},
): Promise<number> {
  const folder = path.resolve(session.cwd, options.dir);
  const outputs = reach.outputs ?? terraformOutputs(folder, session.env);
  const transport = reach.transport ?? ((access: ClusterAccess) => apiTransport(access));
  const dryRun = options.dryRun === true;
  const secrets = chosen(folder, options.cluster);
  const ask = session.terminal.interactive && options.json !== true;
  const reports: BootstrapReport[] = [];
  const issues: Issue[] = [];
  for (const secret of secrets) {
    try {
      const access = await clusterAccess(secret.cluster, outputs);
      const cluster = clusterSecrets(clusterApi(access.host, transport(access), session.retry));
      const how = { session, dryRun, ask, replace: options.replace === true };
      reports.push(await writeBootstrapSecret(secret, cluster, how));
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      issues.push(...error.issues);
    }
  }
  if (options.json) {
    session.terminal.out(
      JSON.stringify({ schemaVersion: 1, dryRun, secrets: reports, problems: issues }, undefined, 2),
    );
  } else {
    print(session, reports, issues, dryRun);
  }
  if (issues.length > 0 || reports.some(({ missing }) => missing.length > 0)) return 1;
  return dryRun && reports.some(({ written }) => written.length > 0) ? 2 : 0;
}

function chosen(folder: string, cluster: string | undefined) {
  const { bootstrap } = readDeclarations(folder);
  const secrets = bootstrap.filter((secret) => cluster === undefined || secret.cluster === cluster);
  if (cluster === undefined || secrets.length > 0) return secrets;
  const names = [...new Set(bootstrap.map((secret) => secret.cluster))].join(", ") || "no cluster";
  const problem = "no bootstrap secret is declared for this cluster";
  throw StrataError.of({ where: "--cluster", problem, value: cluster, fix: `Declared are some for: ${names}.` });
}

function print(
  { terminal }: Session,
  reports: readonly BootstrapReport[],
  issues: readonly Issue[],
  dryRun: boolean,
): void {
  const rows = reports.map(({ cluster, namespace, name, written, kept, missing }) => [
    cluster,
    `${namespace}/${name}`,
    written.join(", ") || "-",
    kept.join(", ") || "-",
    missing.map(({ key }) => key).join(", ") || "-",
  ]);
  const head = ["Cluster", "Secret", dryRun ? "Would write" : "Written", "Kept", "Missing"];
  if (reports.length > 0) terminal.out(renderTable([head, ...rows]));
  else if (issues.length === 0) terminal.out("No bootstrap secret is declared.");
  for (const { namespace, name, missing } of reports) {
    for (const { key, variable, description } of missing) {
      terminal.err(terminal.colours.yellow(`${namespace}/${name} ${key}: set ${variable} (${description})`));
    }
  }
  for (const issue of issues) terminal.err(terminal.colours.red(`${issue.where}: ${describe(issue)}`));
}
