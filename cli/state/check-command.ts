import path from "node:path";
import { loadPlatform } from "../../schema/load";
import type { Session } from "../session";
import { checkStore } from "./checks";
import type { CheckResult } from "./checks/result";
import { bucketOf, stateEnvironment } from "./environment";
import { printReport } from "./report";
import { s3Client } from "./s3/client";
import { storeOfConfiguration, storesOfSynth, type UsedStore } from "./stores";

export interface StateCheckOptions {
  /** Folder of the synthesized program. */
  readonly dir: string;
  /** Folder of a configuration that is read instead. @default - the synthesized program is read */
  readonly config?: string;
  readonly json?: boolean;
}

/** What was found out about one store. Holds no credentials. */
export interface StoreReport {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly prefix: string;
  /** Stacks that keep their state there; none where only the configuration was read. */
  readonly stacks: readonly string[];
  /** Whether it can carry states that are locked. */
  readonly fit: boolean;
  readonly checks: readonly CheckResult[];
}

/** `strata state check`: 0 every store is fit, 1 a problem or a store that is not. */
export async function stateCheck(session: Session, options: StateCheckOptions): Promise<number> {
  const stores = storesOf(session, options);
  const environment = stateEnvironment(session);
  // Each attempt may take 10 s: fewer of them than for servers that only fail over.
  const retry = { ...session.retry, attempts: Math.min(session.retry.attempts, 3) };
  const reports: StoreReport[] = [];
  for (const { store, stacks } of stores) {
    const bucket = bucketOf(store, session.env);
    const { credentials, ca } = environment;
    const client = s3Client({ bucket, credentials, ca, retry });
    const checks = await checkStore({ store, bucket, client, environment });
    const fit = checks.every(({ result }) => result !== "failed");
    const { endpoint, region } = bucket;
    reports.push({
      endpoint: endpoint.origin,
      bucket: store.bucket,
      region,
      prefix: store.prefix,
      stacks,
      fit,
      checks,
    });
  }
  const fit = reports.every((report) => report.fit);
  if (options.json) session.terminal.out(JSON.stringify({ schemaVersion: 1, fit, stores: reports }, undefined, 2));
  else for (const report of reports) printReport(session.terminal, report);
  return fit ? 0 : 1;
}

function storesOf({ cwd }: Session, { dir, config }: StateCheckOptions): readonly UsedStore[] {
  if (config === undefined) return storesOfSynth(path.resolve(cwd, dir));
  const folder = path.resolve(cwd, config);
  return [storeOfConfiguration(loadPlatform(folder).state, path.join(config, "platform.yaml"))];
}
