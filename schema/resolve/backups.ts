/** Backups: where they go, and which environments have them. */
import { backupBucket } from "../../constructs/core/names";
import type { BackupSettings, BackupStore, Environment } from "../model";
import type { BackupsDocument, Profile } from "../profiles";
import { andList } from "../words";
import { type Context, inPlatform } from "./context";
import type { Place } from "./report";

/** For environments whose data is retained though their profile says nothing of backups. */
const RETAINED: BackupSettings = { schedule: "30 1 * * *", retentionDays: 14 };

/** The store of all backups. */
export function resolveBackupStore(context: Context): BackupStore | undefined {
  const { backups } = context.document;
  if (backups?.type !== "s3") return backups;
  return { ...backups, bucketPrefix: bucketPrefix(context), endpoint: backups.endpoint.replace(/\/$/, "") };
}

interface Asked {
  readonly name: string;
  readonly profile: Profile;
  readonly protection: Environment["protection"];
  /** What the environment's own document says. */
  readonly written: BackupsDocument | undefined;
}

/**
 * Backups of an environment. Data that is retained is backed up unless somebody decided otherwise for this very
 * environment: neither a profile nor a missing store makes that decision.
 */
export function resolveBackups(context: Context, asked: Asked, place: Place): Environment["backups"] {
  const { name, profile, protection, written } = asked;
  const retained = protection === "retain";
  const inherited = profile.environment.backups ?? (retained ? {} : false);
  const chosen = written ?? inherited;
  if (chosen === false) {
    if (retained && written === undefined) {
      const fix = 'Write "backups: false" in the environment too, or settings such as "backups: {retentionDays: 14}".';
      const problem = `environment ${name} retains its data, but profile ${profile.name} leaves its backups out`;
      context.report.add(place, problem, fix);
    }
    return false;
  }
  const settings: BackupSettings = { ...RETAINED, ...(inherited || {}), ...chosen };
  const stored = context.document.backups !== undefined;
  if (stored) checkBucket(context, name, place);
  return stored || retained || written !== undefined ? settings : false;
}

/** Refuses environments that have backups but nowhere to keep them: one problem, however many they are. */
export function checkBackupStore(context: Context, environments: readonly Environment[]): void {
  if (context.document.backups !== undefined || !context.intact("backups")) return;
  const names = environments.filter(({ backups }) => backups !== false).map(({ name }) => name);
  if (names.length === 0) return;
  const each = names.length === 1 ? `environment ${names[0]}` : "each of them";
  const fix = `Add backups with a store, or write "backups: false" in ${each} to keep none.`;
  context.report.add(inPlatform(context, "backups"), `there is no store for the backups of ${andList(names)}`, fix);
}

/** Longest name of a bucket, in every S3-compatible store. */
const BUCKET_LIMIT = 63;

/** Refuses an environment whose bucket could not be made. */
function checkBucket(context: Context, name: string, place: Place): void {
  const bucket = backupBucket(bucketPrefix(context), name);
  if (bucket.length <= BUCKET_LIMIT) return;
  const problem = `the bucket for backups of environment ${name} has a name of more than ${BUCKET_LIMIT} characters`;
  const fix = "Give the environment a shorter name.";
  context.report.add({ source: place.source, path: [] }, problem, fix, bucket);
}

function bucketPrefix({ document: { backups, organisation } }: Context): string {
  return backups?.type === "s3" ? (backups.bucketPrefix ?? organisation) : organisation;
}
