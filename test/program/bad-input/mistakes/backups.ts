import { PLATFORM, PROD, type Row, STAGING } from "./row";

/** Backups and generations of the data. */
export const BACKUPS: readonly Row[] = [
  [
    "retained environments without a store for their backups",
    { [PLATFORM]: { "backups?": null } },
    "platform.yaml:6 backups",
    'there is no store for the backups of prod and staging. Add backups with a store, or write "backups: false" in each of them to keep none.',
  ],
  [
    "a profile that leaves the backups of retained data out",
    { [PLATFORM]: { "profiles/staging/environment/backups": false } },
    "environments/staging.yaml:6 backups",
    'environment staging retains its data, but profile staging leaves its backups out. Write "backups: false" in the environment too, or settings such as "backups: {retentionDays: 14}".',
  ],
  [
    "a schedule that is none",
    { [PROD]: { "backups/schedule": "nightly" } },
    "environments/prod.yaml:47 backups.schedule",
    'schedule is not valid (found "nightly"). Write five fields of cron in UTC, such as "30 1 * * *".',
  ],
  [
    "backups that are kept for no day",
    { [STAGING]: { "backups/retentionDays": 0 } },
    "environments/staging.yaml:21 backups.retentionDays",
    "retentionDays is not valid (found 0). Write a number of days from 1 to 3650.",
  ],
  [
    "a store that nobody listed as serving",
    { [PROD]: { "data/postgresql": { serving: 2, generations: { 1: {} } } } },
    "environments/prod.yaml:29 data.postgresql.serving",
    "postgresql is served by generation 2, which is not listed. Write 1, or list generation 2 under generations.",
  ],
  [
    "a store that is recovered from itself",
    {
      [STAGING]: {
        "data/clickhouse": { generations: { 1: {}, 2: { from: 2 } } },
      },
    },
    "environments/staging.yaml:25 data.clickhouse.generations.2.from",
    "generation 2 of clickhouse starts from itself (found 2). Write an earlier generation: 1. It may be gone already.",
  ],
  [
    "a store that is recovered to a moment that is none",
    {
      [PROD]: {
        "data/clickhouse/generations": { 1: {}, 2: { from: 1, to: "noon" } },
      },
    },
    "environments/prod.yaml:32 data.clickhouse.generations.2.to",
    'to is not valid (found "noon"). Write a date and time in UTC, such as 2026-12-01T09:00:00Z.',
  ],
  [
    "a store that is recovered without backups",
    {
      [STAGING]: {
        backups: false,
        "data/postgresql": { generations: { 1: {}, 2: { from: 1 } } },
      },
    },
    "environments/staging.yaml:26 data.postgresql.generations.2.from",
    "generation 2 of postgresql starts from a backup, but environment staging has none (found 1). Switch backups on, or leave from and to out to begin empty.",
  ],
  [
    "a Vultr store without the host of its storage cluster",
    { [PLATFORM]: { "backups/hostname?": null } },
    "platform.yaml:65 backups.hostname",
    "hostname is missing. Write the storage cluster's host, such as ams1.vultrobjects.com.",
  ],
];
