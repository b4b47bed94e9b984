import { load, PROD, problemsOf } from "./config";

const environment = (name: string, text: string) => ({ files: { [`environments/${name}.yaml`]: text } });

describe("placement", () => {
  it("refuses an unknown cluster with the nearest ones", () => {
    expect(problemsOf({ staging: ["cluster: platform", "cluster: plattform"] })).toEqual([
      'config/environments/staging.yaml:1 placement.cluster: environment staging is placed on a cluster that platform.yaml does not have (found "plattform"). Did you mean platform?',
    ]);
    expect(problemsOf({ staging: ["cluster: platform", "cluster: elsewhere"] })).toEqual([
      'config/environments/staging.yaml:1 placement.cluster: environment staging is placed on a cluster that platform.yaml does not have (found "elsewhere"). Choose platform, or "type: dedicated".',
    ]);
  });

  it("refuses a cluster of its own without region and version", () => {
    expect(problemsOf(environment("prod", "{}"))).toEqual([
      'config/environments/prod.yaml:1 placement: environment prod gets a cluster of its own, but its region is missing. Write "placement: {type: dedicated, region: fra, ...}", or {type: shared, cluster: <name>}.',
      'config/environments/prod.yaml:1 placement: environment prod gets a cluster of its own, but its version is missing. Write "placement: {type: dedicated, version: v1.36.1+1, ...}", or {type: shared, cluster: <name>}.',
    ]);
  });

  it("refuses another environment's cluster: what is dedicated is not shared", () => {
    const files = {
      "environments/prod.yaml": PROD,
      "environments/dev-a.yaml": "placement: {type: shared, cluster: prod}",
    };
    expect(problemsOf({ files })).toEqual([
      'config/environments/dev-a.yaml:1 placement.cluster: environment dev-a is placed on a cluster that platform.yaml does not have (found "prod"). Choose platform, or "type: dedicated".',
    ]);
  });

  it("refuses staging and prod on a shared cluster without HA or firewall", () => {
    const weak = "region: fra\n    highlyAvailable: false\n    firewall: false";
    expect(problemsOf({ platform: ["region: fra", weak] })).toEqual([
      "config/platform.yaml:9 clusters.platform.highlyAvailable: cluster platform has highlyAvailable: false, but carries staging. Set highlyAvailable: true, which staging and prod must have; it can't be changed once the cluster exists.",
      "config/platform.yaml:10 clusters.platform.firewall: cluster platform has firewall: false, but carries staging. Set firewall: true, which staging and prod must have; it can't be changed once the cluster exists.",
    ]);
  });

  it("refuses prod on a cluster of its own without HA or firewall", () => {
    const weak = PROD.replace("region: fra", "region: fra\n  highlyAvailable: false\n  firewall: false");
    expect(problemsOf(environment("prod", weak))).toEqual([
      "config/environments/prod.yaml:4 placement.highlyAvailable: cluster prod has highlyAvailable: false, but carries prod. Set highlyAvailable: true, which staging and prod must have; it can't be changed once the cluster exists.",
      "config/environments/prod.yaml:5 placement.firewall: cluster prod has firewall: false, but carries prod. Set firewall: true, which staging and prod must have; it can't be changed once the cluster exists.",
    ]);
  });

  it("refuses what is retained on a cluster that is not", () => {
    expect(problemsOf({ platform: ["region: fra", "region: fra\n    protection: delete"] })).toEqual([
      "config/platform.yaml:9 clusters.platform.protection: cluster platform has protection: delete, but carries staging, whose data is retained. Set protection: retain, or protection: delete on staging.",
    ]);
    expect(problemsOf(environment("prod", PROD.replace("region: fra", "region: fra\n  protection: delete")))).toEqual([
      "config/environments/prod.yaml:4 placement.protection: cluster prod has protection: delete, but carries prod, whose data is retained. Set protection: retain, or protection: delete on prod.",
    ]);
  });

  it("refuses two dedicated environments whose ranges overlap", () => {
    const at = (cidr: string) => PROD.replace("region: fra", `region: fra\n  cidr: ${cidr}`);
    const files = { "environments/prod-a.yaml": at("10.5.0.0/20"), "environments/prod-b.yaml": at("10.5.4.0/24") };
    expect(problemsOf({ files })).toEqual([
      "config/environments/prod-b.yaml:4 placement.cidr: networks prod-a (10.5.0.0/20) and prod-b (10.5.4.0/24) overlap. Set cidr to another range inside 10.0.0.0/8 on one of them.",
    ]);
  });

  it("gives an environment the same cluster and network whatever stands beside it", () => {
    const find = (
      name: string,
      platform = load({ files: { "environments/prod.yaml": PROD, "environments/prod-b.yaml": PROD } }),
    ) => ({
      cluster: platform.clusters.find((each) => each.name === name),
      network: platform.networks.find((each) => each.name === name),
    });
    expect(find("prod")).toEqual(find("prod", load(environment("prod", PROD))));
  });
});

describe("applications", () => {
  it("take their defaults from the environment's type", () => {
    const { environments } = load(environment("prod", PROD));
    expect(environments.map((each) => each.apps.openpanel)).toEqual([
      {
        version: "2.3.0",
        gate: "main",
        primary: false,
        replicas: { api: { min: 2, max: 6 }, dashboard: 2, worker: { min: 2, max: 6 } },
      },
      {
        version: "2.3.0",
        gate: "main",
        primary: false,
        replicas: { api: { min: 1, max: 3 }, dashboard: 1, worker: { min: 1, max: 3 } },
      },
    ]);
  });

  it("are refused without the stores they need", () => {
    const variation = { staging: ["apps:", "data: {postgresql: false, redis: false}\napps:"] as const };
    expect(problemsOf(variation)).toEqual([
      'config/environments/staging.yaml:2 data.postgresql: openpanel in environment staging needs postgresql (found false). Leave "postgresql: false" out.',
      'config/environments/staging.yaml:2 data.redis: openpanel in environment staging needs redis (found false). Leave "redis: false" out.',
    ]);
  });

  it("are refused without the operator of a store", () => {
    const without = "region: fra\n    components: {cloudnative-pg: false}";
    expect(problemsOf({ platform: ["region: fra", without] })).toEqual([
      'config/platform.yaml:9 clusters.platform.components.cloudnative-pg: cluster platform leaves out cloudnative-pg, which casdoor and environment staging need (found false). Leave "cloudnative-pg: false" out.',
    ]);
  });

  it("are refused behind a gate that their cluster does not have", () => {
    expect(problemsOf({ staging: ["openpanel: {}", "openpanel: {gate: mian}"] })).toEqual([
      'config/environments/staging.yaml:2 apps.openpanel.gate: openpanel in environment staging is behind gate mian, which cluster platform does not have. Did you mean main? Else add "gates: {mian: {groups: [...]}}" to clusters.platform in platform.yaml.',
    ]);
    expect(problemsOf(environment("prod", PROD.replace(/ {2}gates.*\n/, "")))).toEqual([
      'config/environments/prod.yaml:5 apps.openpanel.gate: openpanel in environment prod is behind gate main, which cluster prod does not have. Add "gates: {main: {groups: [...]}}" to its placement.',
    ]);
  });

  it.each(["latest", "2", "2.2", "^2.3.0", '">=2.0.0"', "2.x"])("are refused in the floating version %s", (version) => {
    const [problem = ""] = problemsOf({ staging: ["openpanel: {}", `openpanel: {version: ${version}}`] });
    const found = /^[\d.]+$/.test(version) ? version : JSON.stringify(version.replaceAll('"', ""));
    expect(problem).toBe(
      `config/environments/staging.yaml:2 apps.openpanel.version: version is not valid (found ${found}). Write an exact version, such as "2.3.0".`,
    );
  });

  it("are refused twice on one short host", () => {
    const primary = PROD.replace("openpanel: {}", "openpanel: {primary: true}");
    const files = { "environments/prod-a.yaml": primary, "environments/prod-b.yaml": primary };
    expect(problemsOf({ files })).toEqual([
      "config/environments/prod-b.yaml:6 apps.openpanel.primary: openpanel.acme.example is taken by openpanel in environment prod-a (found true). Keep primary: true in one of them.",
    ]);
  });

  it("may have one short host in each zone", () => {
    const zones = "domains: {public: acme.example, internal: acme.internal.example}";
    const primary = PROD.replace("openpanel: {}", "openpanel: {primary: true}");
    const variation = {
      platform: [
        ["domains: {public: acme.example}", zones],
        ["zones:\n", "zones:\n  acme.internal.example: {plan: free}\n"],
      ] as const,
      files: {
        "environments/prod-a.yaml": primary,
        "environments/prod-b.yaml": `${primary}hosts: {domain: internal}\n`,
      },
    };
    expect(problemsOf(variation)).toEqual([]);
  });
});
