import { load, problemsOf } from "./config";

const REGION = "region: fra";

/** The base with components of its only cluster. */
const having = (components: string) => [REGION, `${REGION}\n    components: ${components}`] as const;
/** The base without its gate, and so without what it guards. */
const GATELESS = { staging: ["apps: {openpanel: {}}", ""] } as const;
const NO_GATE = ["    gates: {main: {groups: [staff]}}\n", ""] as const;

const componentsOf = (components: string) => load({ platform: having(components) }).clusters[0]?.components;

describe("components", () => {
  it("are all on by themselves but those that ask who may use them", () => {
    const components = load().clusters[0]?.components;
    const off = Object.entries(components ?? {}).flatMap(([name, settings]) => (settings === false ? [name] : []));
    expect(off).toEqual(["headlamp", "grafana"]);
    expect(components?.["metrics-server"]).toEqual({});
  });

  it("are switched on by who may use them", () => {
    expect(componentsOf("{headlamp: {gate: main}}")?.headlamp).toEqual({ gate: "main" });
    expect(componentsOf("{grafana: {groups: {operators: Admin, staff: Viewer}}}")?.grafana).toEqual({
      groups: { operators: "Admin", staff: "Viewer" },
    });
  });

  it("take values and another version beside their own settings", () => {
    expect(componentsOf('{headlamp: {gate: main, version: "0.45.1", values: {replicaCount: 2}}}')?.headlamp).toEqual({
      gate: "main",
      version: "0.45.1",
      values: { replicaCount: 2 },
    });
  });

  it("take from the profile what a cluster does not say", () => {
    const profile = "profiles: {platform: {cluster: {components: {headlamp: {gate: main}}}}}\n";
    const platform = [having('{headlamp: {version: "0.45.1"}}'), ["zones:\n", `${profile}zones:\n`]] as const;
    expect(load({ platform }).clusters[0]?.components.headlamp).toEqual({ gate: "main", version: "0.45.1" });
  });

  it("are left out where the profile has them and the cluster does not want them", () => {
    const profile = "profiles: {platform: {cluster: {components: {headlamp: {gate: main}}}}}\n";
    const platform = [having("{headlamp: false}"), ["zones:\n", `${profile}zones:\n`]] as const;
    expect(load({ platform }).clusters[0]?.components.headlamp).toBe(false);
  });

  it("refuse a gate that the cluster does not have, with the nearest one", () => {
    expect(problemsOf({ platform: having("{headlamp: {gate: mian}}") })).toEqual([
      'config/platform.yaml:9 clusters.platform.components.headlamp.gate: cluster platform has no gate mian (found "mian"). Did you mean main?',
    ]);
  });

  it("refuse headlamp without a gate, writing the line", () => {
    expect(problemsOf({ platform: having("{headlamp: {}}") })).toEqual([
      'config/platform.yaml:9 clusters.platform.components.headlamp: headlamp of cluster platform names no gate. Write "headlamp: {gate: main}".',
    ]);
  });

  it("refuse headlamp on a cluster without gates", () => {
    const platform = [having("{headlamp: {gate: main}}"), NO_GATE];
    expect(problemsOf({ platform, ...GATELESS })).toEqual([
      'config/platform.yaml:9 clusters.platform.components.headlamp: headlamp needs a gate, and cluster platform has none. Declare one under gates, such as "main: {groups: [operators]}", and write "headlamp: {gate: main}".',
    ]);
  });

  it("refuse grafana without a group", () => {
    for (const settings of ["{}", "{groups: {}}"]) {
      expect(problemsOf({ platform: having(`{grafana: ${settings}}`) })).toEqual([
        'config/platform.yaml:9 clusters.platform.components.grafana: grafana of cluster platform names no group that may sign on. Name at least one, such as "grafana: {groups: {operators: Admin}}".',
      ]);
    }
  });

  it("refuse a role that Grafana does not know", () => {
    expect(problemsOf({ platform: having("{grafana: {groups: {operators: admin}}}") })).toEqual([
      'config/platform.yaml:9 clusters.platform.components.grafana.groups.operators: operators is not valid (found "admin"). Write Admin, Editor or Viewer.',
    ]);
  });

  it("refuse grafana where nobody could sign on, beside what the identity provider's absence is told for itself", () => {
    const problems = problemsOf({ platform: having("{casdoor: false, grafana: {groups: {operators: Admin}}}") });
    expect(problems).toContain(
      "config/platform.yaml:9 clusters.platform.components.grafana: grafana signs people on with casdoor, which cluster platform leaves out. Bring casdoor back, or leave grafana out.",
    );
  });

  it("refuse a setting of another component", () => {
    expect(problemsOf({ platform: having("{traefik: {gate: main}}") })[0]).toContain(
      "clusters.platform.components.traefik",
    );
    expect(problemsOf({ platform: having("{headlamp: {groups: {a: Admin}}}") })[0]).toContain(
      "clusters.platform.components.headlamp",
    );
  });

  it("refuse to leave out what they need", () => {
    const platform = having("{cert-manager: false, headlamp: {gate: main}}");
    expect(problemsOf({ platform }).join("\n")).toMatch(/leaves out cert-manager, which .*metrics-server.*headlamp/);
  });
});
