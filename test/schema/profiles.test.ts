import { BUILT_IN } from "../../schema/built-in-profiles";
import { load, PROD, problemsOf } from "./config";

const profiles = (text: string) => ["clusters:\n", `profiles:\n  ${text}\nclusters:\n`] as const;

describe("profiles", () => {
  it("of the four types have the pools that seed 001 gives them, but for the GPU pool", () => {
    const pools = (name: keyof typeof BUILT_IN) => Object.keys(BUILT_IN[name].cluster.nodePools ?? {});
    const everywhere = ["general", "general-restricted", "general-public"];
    expect(pools("dev")).toEqual([...everywhere, "spot"]);
    expect(pools("sue")).toEqual([...everywhere, "spot"]);
    expect(pools("staging")).toEqual([...everywhere, "memory"]);
    expect(pools("prod")).toEqual([...everywhere, "memory", "storage", "spot"]);
    expect(pools("platform")).toEqual(everywhere);
  });

  it.each(["dev", "sue", "staging", "prod"] as const)("make a valid cluster of type %s", (type) => {
    const files = { [`environments/${type}-x.yaml`]: PROD };
    expect(problemsOf({ files })).toEqual([]);
    const cluster = load({ files }).clusters[1];
    expect([cluster?.highlyAvailable, cluster?.firewall, cluster?.protection]).toEqual(
      type === "dev" || type === "sue" ? [false, true, "delete"] : [true, true, "retain"],
    );
  });

  it("that are built in can be changed field by field", () => {
    const variation = {
      platform: profiles(
        "prod: {cluster: {nodePools: {storage: false}}, environment: {data: {redis: {storage: 8Gi}}}}",
      ),
      files: { "environments/prod.yaml": PROD },
    };
    const { clusters, environments } = load(variation);
    expect(clusters[1]?.nodePools.map(({ name }) => name)).not.toContain("storage");
    expect(environments[0]?.data.redis).toMatchObject({ storage: "8Gi", cpu: "250m", memory: "1Gi" });
  });

  it("of one's own start from another, through several steps in any order", () => {
    const variation = {
      platform: profiles(
        "pilot: {extends: qa, environment: {data: {redis: false}}}\n  qa: {extends: staging, environment: {placement: {type: shared}}}",
      ),
      files: { "environments/pilot-x.yaml": "{}" },
    };
    const [pilot] = load(variation).environments;
    expect([pilot?.type, pilot?.baseType, pilot?.cluster, pilot?.data.redis]).toEqual([
      "pilot",
      "staging",
      "platform",
      false,
    ]);
  });

  it("may say where environments live", () => {
    const placement = "{type: dedicated, region: ams, version: v1.36.1+1}";
    const variation = {
      platform: profiles(`dev: {environment: {placement: ${placement}}}`),
      files: { "environments/dev-a.yaml": "{}" },
    };
    expect(load(variation).clusters[1]).toMatchObject({ name: "dev-a", region: "ams", version: "v1.36.1+1" });
  });

  it("that leave a store out can be overruled", () => {
    const variation = {
      platform: profiles("dev: {environment: {data: {redis: false}}}"),
      files: { "environments/dev-a.yaml": "data: {redis: {storage: 3Gi}}" },
    };
    expect(load(variation).environments[0]?.data.redis).toMatchObject({ storage: "3Gi", cpu: "100m", memory: "256Mi" });
  });

  it("refuse to extend nothing", () => {
    expect(problemsOf({ platform: profiles("qa: {}") })).toEqual([
      'config/platform.yaml:7 profiles.qa: profile qa extends nothing. Add extends, such as "extends: staging".',
    ]);
    expect(problemsOf({ platform: profiles("prd: {}") })).toEqual([
      'config/platform.yaml:7 profiles.prd: profile prd extends nothing. Did you mean prod? Else add extends, such as "extends: staging".',
    ]);
  });

  it("refuse to extend what is not there", () => {
    expect(problemsOf({ platform: profiles("qa: {extends: stagin}") })).toEqual([
      'config/platform.yaml:7 profiles.qa.extends: there is no profile stagin (found "stagin"). Did you mean staging?',
    ]);
  });

  it("refuse to extend themselves", () => {
    expect(
      problemsOf({ platform: profiles("qa: {extends: uat}\n  uat: {extends: qa}\n  demo: {extends: uat}") }),
    ).toEqual([
      'config/platform.yaml:7 profiles.qa.extends: profile qa extends itself in the end (found "uat"). Extend a built-in one.',
      'config/platform.yaml:8 profiles.uat.extends: profile uat extends itself in the end (found "qa"). Extend a built-in one.',
    ]);
  });

  it("refuse to extend another if they are built in", () => {
    expect(problemsOf({ platform: profiles("prod: {extends: staging}") })).toEqual([
      "config/platform.yaml:7 profiles.prod.extends: prod is built in and can't extend another. Leave extends out: its settings are laid over the built-in profile.",
    ]);
  });

  it("refuse the name of something else", () => {
    expect(problemsOf({ platform: profiles("vault: {extends: dev}") })).toEqual([
      "config/platform.yaml:7 profiles.vault: profile vault has the name of something else. Choose another word, such as qa.",
    ]);
  });

  it("refuse both spellings of one type", () => {
    expect(problemsOf({ platform: profiles("stage: {}\n  staging: {}") })).toEqual([
      "config/platform.yaml:7 profiles.stage: stage and staging are one profile. Keep its settings under staging.",
    ]);
  });

  it("refuse a cluster's name that contains a type of one's own", () => {
    expect(
      problemsOf({
        platform: [profiles("qa: {extends: dev}"), ["  platform:\n", "  qa-tools:\n"]],
        staging: ["cluster: platform", "cluster: qa-tools"],
      }),
    ).toEqual([
      'config/platform.yaml:9 clusters.qa-tools: cluster qa-tools has the environment type "qa" in its name. Choose another name: only environments have "qa" in theirs, so that <app>-<environment> can be read back.',
    ]);
  });
});
