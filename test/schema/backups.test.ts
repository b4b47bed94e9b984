import { load, PROD, problemsOf, type Variation } from "./config";

const STORE = "backups: {type: vultr, storageCluster: 6, hostname: ams1.vultrobjects.com, tier: 2}\n";
const NONE: Variation["platform"] = [STORE, ""];
const S3 = "backups: {type: s3, endpoint: 'https://s3.example/', region: eu-1}\n";

/** Staging with more lines in its document. */
const staging = (lines: string, more: Variation = {}): Variation => ({
  ...more,
  staging: ["apps: {openpanel: {}}\n", `apps: {openpanel: {}}\n${lines}\n`],
});
const backupsOf = (variation: Variation, name = "staging") =>
  load(variation).environments.find((environment) => environment.name === name)?.backups;

describe("backups of an environment", () => {
  it("are made every night and kept as long as its type says", () => {
    expect(backupsOf({})).toEqual({ schedule: "30 1 * * *", retentionDays: 14 });
    expect(backupsOf({ files: { "environments/prod.yaml": PROD } }, "prod")).toEqual({
      schedule: "30 1 * * *",
      retentionDays: 30,
    });
  });

  it("are not there for what may be lost", () => {
    const files = { "environments/dev-a.yaml": "{}\n", "environments/sue-a.yaml": "{}\n" };
    expect([backupsOf({ files }, "dev-a"), backupsOf({ files }, "sue-a")]).toEqual([false, false]);
  });

  it("come with retained data, whatever the type", () => {
    const files = { "environments/dev-a.yaml": "protection: retain\n" };
    expect(backupsOf({ files }, "dev-a")).toEqual({ schedule: "30 1 * * *", retentionDays: 14 });
  });

  it("are laid over the profile field by field", () => {
    expect(backupsOf(staging("backups: {retentionDays: 7}"))).toEqual({ schedule: "30 1 * * *", retentionDays: 7 });
    const files = { "environments/dev-a.yaml": "backups: {schedule: '0 */6 * * 1-5'}\n" };
    expect(backupsOf({ files }, "dev-a")).toEqual({ schedule: "0 */6 * * 1-5", retentionDays: 14 });
  });

  it("can be left out by the environment itself, with or without a store for them", () => {
    expect(backupsOf(staging("backups: false"))).toBe(false);
    expect(backupsOf(staging("backups: false", { platform: NONE }))).toBe(false);
  });

  it("are refused without a store, in one message for all who want them", () => {
    const files = { "environments/prod.yaml": PROD, "environments/dev-a.yaml": "{}\n" };
    expect(problemsOf({ platform: NONE, files })).toEqual([
      'config/platform.yaml:1 backups: there is no store for the backups of prod and staging. Add backups with a store, or write "backups: false" in each of them to keep none.',
    ]);
  });

  it("are left out without a store where only the profile wants them and nothing is retained", () => {
    expect(backupsOf(staging("protection: delete", { platform: NONE }))).toBe(false);
    expect(problemsOf(staging("protection: delete\nbackups: {}", { platform: NONE }))).toHaveLength(1);
  });

  it("are not left out by a profile where data is retained", () => {
    const platform: Variation["platform"] = [STORE, `${STORE}profiles: {staging: {environment: {backups: false}}}\n`];
    expect(problemsOf({ platform })).toEqual([
      'config/environments/staging.yaml:1 backups: environment staging retains its data, but profile staging leaves its backups out. Write "backups: false" in the environment too, or settings such as "backups: {retentionDays: 14}".',
    ]);
    expect(backupsOf(staging("backups: {retentionDays: 3}", { platform }))).toMatchObject({ retentionDays: 3 });
  });

  it.each([
    "30 1 * *",
    "30 1 * * * *",
    "60 1 * * *",
    "30 24 * * *",
    "30 1 0 * *",
    "30 1 * 13 *",
    "30 1 * * 7",
    "30 1 * * MON",
    "30 5-1 * * *",
    "*/0 1 * * *",
    "@daily",
    "nightly",
  ])("are refused at %s, which is no schedule", (schedule) => {
    expect(problemsOf(staging(`backups: {schedule: '${schedule}'}`))).toEqual([
      `config/environments/staging.yaml:3 backups.schedule: schedule is not valid (found "${schedule}"). Write five fields of cron in UTC, such as "30 1 * * *".`,
    ]);
  });

  it.each([0, -1, 3651, 1.5])("are refused with %s days of retention", (days) => {
    expect(problemsOf(staging(`backups: {retentionDays: ${days}}`))).toEqual([
      `config/environments/staging.yaml:3 backups.retentionDays: retentionDays is not valid (found ${days}). Write a number of days from 1 to 3650.`,
    ]);
  });

  it("are refused when their bucket's name would be too long", () => {
    const name = `staging-${"x".repeat(32)}`;
    const long: Variation = {
      platform: ["organisation: acme\n", `organisation: ${"o".repeat(20)}\n`],
      files: { [`environments/${name}.yaml`]: "placement: {type: shared}\n" },
    };
    expect(problemsOf(long)).toEqual([
      expect.stringContaining(`the bucket for backups of environment ${name} has a name of more than 63 characters`),
    ]);
  });
});

describe("the store of all backups", () => {
  it("is Vultr's, as it is written", () => {
    expect(load().backups).toEqual({
      type: "vultr",
      storageCluster: 6,
      hostname: "ams1.vultrobjects.com",
      tier: 2,
    });
  });

  it("is another one, whose buckets start with the organisation's name", () => {
    expect(load({ platform: [STORE, S3] }).backups).toEqual({
      type: "s3",
      endpoint: "https://s3.example",
      region: "eu-1",
      bucketPrefix: "acme",
    });
  });

  it("is none where nobody needs it", () => {
    expect(load(staging("backups: false", { platform: NONE }))).not.toHaveProperty("backups");
  });

  it.each([
    ["{type: gcs}", "type", 'type is not valid (found "gcs")'],
    ["{type: vultr, hostname: ams1.vultrobjects.com, tier: 2}", "storageCluster", "storageCluster is missing"],
    ["{type: vultr, storageCluster: 6, hostname: ams1.vultrobjects.com}", "tier", "tier is missing"],
    ["{type: vultr, storageCluster: 6, tier: 2}", "hostname", "hostname is missing"],
    ["{type: s3, endpoint: 'http://s3.example', region: eu-1}", "endpoint", "endpoint is not valid"],
    ["{type: s3, endpoint: 'https://s3.example/bucket', region: eu-1}", "endpoint", "endpoint is not valid"],
    ["{type: s3, endpoint: 'https://s3.example', region: eu-1, bucketPrefix: A_b}", "bucketPrefix", "bucketPrefix is"],
  ])("is refused as %s", (backups, field, words) => {
    const problems = problemsOf({ platform: [STORE, `backups: ${backups}\n`] });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`backups.${field}: ${words}`);
  });
});
