import { BASE, load, PROD, problemsOf } from "./config";

const SECOND = ["clusters:\n", "clusters:\n  second: {region: fra, version: v1.36.1+1}\n"] as const;
const CENTRAL = ["    region: fra\n", "    region: fra\n    central: true\n"] as const;

describe("clusters", () => {
  it("makes the only cluster the central one", () => {
    expect(load().central).toBe("platform");
  });

  it("runs Vault and the identity provider on the central cluster only", () => {
    const platform = load({ platform: [SECOND, CENTRAL] });
    const [first, second] = platform.clusters;
    expect([first?.name, first?.components.vault, first?.components.casdoor]).toEqual(["platform", {}, {}]);
    expect([second?.name, second?.components.vault, second?.components.casdoor]).toEqual(["second", false, false]);
  });

  it("has three replicas of platform services with a highly available control plane, else one", () => {
    expect(load().clusters[0]?.replicas).toBe(3);
    const single = load({
      platform: ["region: fra", "region: fra\n    highlyAvailable: false\n    protection: delete"],
      files: { "environments/staging.yaml": null },
    });
    expect(single.clusters[0]?.replicas).toBe(1);
  });

  it("has a gateway for gates only where there are gates", () => {
    const none = load({
      platform: ["    gates: {main: {groups: [staff]}}\n", ""],
      staging: ["apps: {openpanel: {}}", ""],
    });
    expect(none.clusters[0]?.components["oauth2-proxy"]).toBe(false);
    expect(load().clusters[0]?.components["oauth2-proxy"]).toEqual({});
  });

  it("gives a dedicated environment a cluster named after it, after those of platform.yaml", () => {
    const { clusters, environments } = load({ files: { "environments/prod.yaml": PROD } });
    expect(clusters.map(({ name, dedicatedTo, network }) => [name, dedicatedTo, network])).toEqual([
      ["platform", undefined, "platform"],
      ["prod", "prod", "prod"],
    ]);
    expect(environments.map(({ name, cluster, dedicated }) => [name, cluster, dedicated])).toEqual([
      ["prod", "prod", true],
      ["staging", "platform", false],
    ]);
  });

  it("is changed by no environment that shares it", () => {
    const more = { "environments/dev-a.yaml": "data: {redis: {storage: 9Gi}}\n", "environments/prod.yaml": PROD };
    expect(load({ files: more }).clusters[0]).toEqual(load().clusters[0]);
  });

  it("refuses a configuration without clusters", () => {
    const none = BASE["platform.yaml"].replace(/clusters:[\s\S]*/, "clusters: {}\n");
    expect(problemsOf({ files: { "platform.yaml": none, "environments/staging.yaml": null } })).toEqual([
      "config/platform.yaml:6 clusters: there is no cluster. Add one; it carries Vault and the identity provider.",
    ]);
  });

  it("refuses several clusters none of which is central", () => {
    expect(problemsOf({ platform: SECOND })).toEqual([
      "config/platform.yaml:6 clusters: no cluster is central. Set central: true on second or platform.",
    ]);
  });

  it("refuses two central clusters", () => {
    expect(
      problemsOf({
        platform: [["clusters:\n", "clusters:\n  second: {region: fra, version: v1.36.1+1, central: true}\n"], CENTRAL],
      }),
    ).toEqual([
      "config/platform.yaml:10 clusters.platform.central: 2 clusters are central: second, platform. Keep central: true on one.",
    ]);
  });

  it("refuses an only cluster that is not central", () => {
    expect(problemsOf({ platform: ["region: fra", "region: fra\n    central: false"] })).toEqual([
      "config/platform.yaml:9 clusters.platform.central: no cluster is central (found false). Leave central out: the only cluster carries Vault and the identity provider.",
    ]);
  });

  it("refuses an unknown region with the nearest ones", () => {
    expect(problemsOf({ platform: ["region: fra", "region: fre"] })).toEqual([
      'config/platform.yaml:8 clusters.platform.region: unknown Vultr region (found "fre"). Did you mean fra, nrt, ord?',
    ]);
  });

  it("refuses a floating version", () => {
    expect(problemsOf({ platform: ["version: v1.36.1+1", "version: v1.36"] })).toEqual([
      'config/platform.yaml:9 clusters.platform.version: version is not valid (found "v1.36"). Write an exact VKE version, such as v1.36.1+1.',
    ]);
    expect(problemsOf({ platform: ["version: v1.36.1+1", "version: latest"] })).toEqual([
      'config/platform.yaml:9 clusters.platform.version: version is not valid (found "latest"). Write an exact VKE version, such as v1.36.1+1.',
    ]);
  });

  it("refuses a floating chart version", () => {
    expect(
      problemsOf({ platform: ["region: fra", "region: fra\n    components: {traefik: {version: ^41.0.0}}"] }),
    ).toEqual([
      'config/platform.yaml:9 clusters.platform.components.traefik.version: version is not valid (found "^41.0.0"). Write an exact version, such as "1.20.3".',
    ]);
  });

  it("refuses an unknown profile with the nearest one", () => {
    expect(problemsOf({ platform: ["region: fra", "region: fra\n    profile: platfrom"] })).toEqual([
      'config/platform.yaml:9 clusters.platform.profile: there is no profile platfrom (found "platfrom"). Did you mean platform?',
    ]);
  });

  it("refuses two clusters with one slug", () => {
    expect(
      problemsOf({
        platform: [
          "clusters:\n",
          "clusters:\n  a.b: {region: fra, version: v1.36.1+1}\n  A-b: {region: fra, version: v1.36.1+1, central: true}\n",
        ],
      }),
    ).toEqual(["config/platform.yaml:8 clusters.A-b: clusters a.b and A-b have one slug, a-b. Rename one of them."]);
  });

  it("refuses a type as a word of a cluster's name", () => {
    expect(
      problemsOf({
        platform: ["clusters:\n", "clusters:\n  big-prod: {region: fra, version: v1.36.1+1, central: true}\n"],
      }),
    ).toEqual([
      'config/platform.yaml:7 clusters.big-prod: cluster big-prod has the environment type "prod" in its name. Choose another name: only environments have "prod" in theirs, so that <app>-<environment> can be read back.',
    ]);
  });

  it("refuses a gate without groups", () => {
    expect(problemsOf({ platform: ["groups: [staff]", "groups: []"] })).toEqual([
      "config/platform.yaml:10 clusters.platform.gates.main.groups: groups is not valid (found []). Write a list with at least one group.",
    ]);
  });

  it("refuses to leave out what the central cluster needs, and what its gates need", () => {
    expect(
      problemsOf({ platform: ["region: fra", "region: fra\n    components: {vault: false, oauth2-proxy: false}"] }),
    ).toEqual([
      'config/platform.yaml:9 clusters.platform.components.vault: the central cluster platform needs vault (found false). Leave "vault: false" out.',
      'config/platform.yaml:9 clusters.platform.components.oauth2-proxy: the gates of cluster platform need oauth2-proxy (found false). Leave "oauth2-proxy: false" out, or leave the gates out.',
    ]);
  });

  it("refuses Vault on another cluster than the central one", () => {
    expect(
      problemsOf({ files: { "environments/prod.yaml": PROD.replace("gates", "components: {vault: {}}\n  gates") } }),
    ).toEqual([
      "config/environments/prod.yaml:5 placement.components.vault: vault runs on the central cluster only, and prod is another. Leave this out here and set it on the central cluster.",
    ]);
  });

  it("refuses an entry point for what is no range", () => {
    expect(
      problemsOf({ platform: ["region: fra", "region: fra\n    entryPoints: {machine: {sources: [10.0.0.1/8]}}"] }),
    ).toEqual([
      'config/platform.yaml:9 clusters.platform.entryPoints.machine.sources.0: this is no IPv4 range (found "10.0.0.1/8"). Start it at its network address, such as 203.0.113.0/24.',
    ]);
  });
});
