import type { Generations } from "../../constructs/data/generations";
import { load, problemsOf, type Variation } from "./config";

/** Staging with these lines below `data.postgresql`, in one line. */
const postgresql = (settings: string, more = ""): Variation => ({
  staging: ["apps: {openpanel: {}}\n", `apps: {openpanel: {}}\n${more}data: {postgresql: {${settings}}}\n`],
});
const generationsOf = (variation: Variation): Generations | undefined => {
  const data = load(variation).environments[0]?.data;
  return data?.postgresql === false ? undefined : data?.postgresql.generations;
};

const AT = "config/environments/staging.yaml:3 data.postgresql";

describe("generations of a store", () => {
  it("are the first one alone, of every store that is backed up", () => {
    const data = load().environments[0]?.data;
    const first = { serving: 1, all: { 1: {} } };
    expect(data).toMatchObject({ postgresql: { generations: first }, clickhouse: { generations: first } });
    expect(data?.redis).not.toHaveProperty("generations");
  });

  it("stand beside each other, the new one recovered to a moment", () => {
    const settings = 'serving: 1, generations: {1: {}, 2: {from: 1, to: "2026-11-20T10:00Z"}}';
    expect(generationsOf(postgresql(settings))).toEqual({
      serving: 1,
      all: { 1: {}, 2: { recover: { from: 1, to: "2026-11-20T10:00:00Z" } } },
    });
  });

  it("may start from one that is gone", () => {
    expect(generationsOf(postgresql("serving: 3, generations: {3: {from: 1}}"))).toEqual({
      serving: 3,
      all: { 3: { recover: { from: 1 } } },
    });
  });

  it.each<[string, string, string]>([
    [
      "a serving one that is not listed",
      "serving: 3, generations: {1: {}, 2: {from: 1}}",
      `${AT}.serving: postgresql is served by generation 3, which is not listed. Write 1 or 2, or list generation 3 under generations.`,
    ],
    [
      "the first one as serving when only later ones are listed",
      "generations: {2: {from: 1}}",
      `${AT}.serving: postgresql is served by generation 1, which is not listed. Write 2, or list generation 1 under generations.`,
    ],
    [
      "none at all",
      "generations: {}",
      `${AT}.serving: postgresql is served by generation 1, which is not listed. List it under generations.`,
    ],
    [
      "one that starts from itself",
      "generations: {1: {}, 2: {from: 2}}",
      `${AT}.generations.2.from: generation 2 of postgresql starts from itself (found 2). Write an earlier generation: 1. It may be gone already.`,
    ],
    [
      "one that starts from a later one",
      "generations: {1: {}, 3: {from: 4}}",
      `${AT}.generations.3.from: generation 3 of postgresql starts from a later one (found 4). Write an earlier generation: 1 to 2. It may be gone already.`,
    ],
    [
      "a first one that starts from anything",
      "generations: {1: {from: 1}}",
      `${AT}.generations.1.from: generation 1 of postgresql starts from itself (found 1). Leave from out: the first generation begins empty.`,
    ],
    [
      "one that starts from what can't be",
      "generations: {1: {}, 2: {from: 0}}",
      `${AT}.generations.2.from: from is not valid (found 0). Write the number of an earlier generation.`,
    ],
    [
      "a moment that is none",
      'generations: {1: {}, 2: {from: 1, to: "yesterday"}}',
      `${AT}.generations.2.to: to is not valid (found "yesterday"). Write a date and time in UTC, such as 2026-12-01T09:00:00Z.`,
    ],
    [
      "a moment on a day that does not exist",
      'generations: {1: {}, 2: {from: 1, to: "2026-02-30T09:00:00Z"}}',
      `${AT}.generations.2.to: to is not valid (found "2026-02-30T09:00:00Z"). Write a day and time that exist.`,
    ],
    [
      "a moment of nothing",
      'generations: {1: {}, 2: {to: "2026-11-20T10:00:00Z"}}',
      `${AT}.generations.2.to: generation 2 of postgresql has a moment but nothing to recover from (found "2026-11-20T10:00:00Z"). Add from, the generation whose backups it starts from, or leave to out.`,
    ],
    [
      "a name for a number",
      "generations: {1: {}, new: {from: 1}}",
      `${AT}.generations.new: "new" can't be a name here. Write the number of a generation.`,
    ],
  ])("are refused: %s", (_, settings, problem) => {
    expect(problemsOf(postgresql(settings))).toEqual([problem]);
  });

  it("are refused to start from the backups of an environment that has none", () => {
    expect(problemsOf(postgresql("generations: {1: {}, 2: {from: 1}}", "backups: false\n"))).toEqual([
      "config/environments/staging.yaml:4 data.postgresql.generations.2.from: generation 2 of postgresql starts from a backup, but environment staging has none (found 1). Switch backups on, or leave from and to out to begin empty.",
    ]);
  });

  it("are refused alike for ClickHouse and on a cluster of its own", () => {
    const prod =
      "placement: {type: dedicated, region: fra, version: v1.36.1+1}\ndata: {clickhouse: {serving: 2, generations: {1: {}}}}\n";
    expect(problemsOf({ files: { "environments/prod.yaml": prod } })).toEqual([
      "config/environments/prod.yaml:2 data.clickhouse.serving: clickhouse is served by generation 2, which is not listed. Write 1, or list generation 2 under generations.",
    ]);
  });

  it("are no matter of a profile", () => {
    const platform = ["clusters:\n", "profiles: {dev: {environment: {data: {postgresql: {serving: 1}}}}}\nclusters:\n"];
    expect(problemsOf({ platform: [platform[0] ?? "", platform[1] ?? ""] })).toEqual([
      expect.stringContaining('profiles.dev.environment.data.postgresql.serving: unknown key "serving"'),
    ]);
  });
});

describe("the connection pooler", () => {
  const poolersOf = (variation: Variation) => {
    const store = load(variation).environments[0]?.data.postgresql;
    return store === false ? undefined : store?.poolers;
  };

  it("is there when the environment or its profile wants it", () => {
    const profile = "profiles: {staging: {environment: {data: {postgresql: {poolers: 2}}}}}\nclusters:\n";
    expect(poolersOf({})).toBe(0);
    expect(poolersOf(postgresql("poolers: 3"))).toBe(3);
    expect(poolersOf({ platform: ["clusters:\n", profile] })).toBe(2);
  });

  it("is refused with more pods than make sense", () => {
    expect(problemsOf(postgresql("poolers: 11"))).toEqual([
      `${AT}.poolers: poolers is not valid (found 11). Write 0 to 10 pods.`,
    ]);
  });
});
