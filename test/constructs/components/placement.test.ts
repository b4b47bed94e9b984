import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { unescapeTemplates } from "../../../constructs/core/escape";
import { isJsonObject, type Json, type JsonObject } from "../../../constructs/core/json";
import type { StackJson } from "../../../constructs/core/synth";
import type { NodePoolSpec } from "../../../constructs/vultr/node-pool-spec";
import type { Cluster, Platform } from "../../../schema/model";
import { defaultTaints } from "../../../schema/pools";
import { loadExample, synthesize } from "../../helpers/examples";
import { resourcesOf } from "../../helpers/program";
import { at } from "./helper";

const COMPONENTS = path.join(__dirname, "../../../constructs/components");

/** Workloads that the components switch off. */
const OFF: Readonly<Record<string, readonly string[]>> = {
  vault: ["injector.tolerations", "csi.pod.tolerations"],
  // Each of its workloads says where it runs.
  "external-secrets": ["global.tolerations"],
  grafana: ["imageRenderer.tolerations"],
};

const RESTRICTED = [{ key: "node-type", operator: "Equal", value: "general-restricted", effect: "NoSchedule" }];

interface Placed {
  readonly where: string;
  readonly tolerations: Json | undefined;
  readonly affinity: Json | undefined;
}

/** Every place of a release's values that describes pods: those that its chart knows, and those of its objects. */
function placesOf(release: JsonObject): Placed[] {
  const values = valuesOf(release);
  const { manifests } = values;
  const objects = Array.isArray(manifests) ? manifests.filter(isJsonObject) : [];
  const own = Array.isArray(manifests) ? [] : tolerationPaths(String(release.chart)).map((one) => read(values, one));
  return [
    ...own,
    ...objects.flatMap((object) => (object.kind === "Job" ? [read(object, "spec.template.spec.tolerations")] : [])),
    ...objects.flatMap((object) => (object.kind === "Cluster" ? [postgresql(object)] : [])),
    ...objects.flatMap((object) =>
      object.kind === "ClickHouseInstallation" ? [read(object, "spec.templates.podTemplates.0.spec.tolerations")] : [],
    ),
  ].map((place) => ({ ...place, where: `${release.namespace}/${release.name} ${place.where}` }));
}

function read(value: JsonObject, tolerations: string): Placed {
  return {
    where: tolerations,
    tolerations: at(value, tolerations),
    affinity: at(value, tolerations.replace(/tolerations$/, "affinity")),
  };
}

/** CloudNativePG has tolerations and affinity of nodes side by side. */
function postgresql(object: JsonObject): Placed {
  const affinity = at(object, "spec.affinity");
  return { where: "spec.affinity", tolerations: at(object, "spec.affinity.tolerations"), affinity };
}

function valuesOf(release: JsonObject): JsonObject {
  const values: unknown = parse(unescapeTemplates(Array.isArray(release.values) ? String(release.values[0]) : ""));
  return isJsonObject(values) ? values : {};
}

function tolerationPaths(chart: string): string[] {
  const lists = readdirSync(COMPONENTS)
    .map((name) => path.join(COMPONENTS, name, "values.generated.json"))
    .filter((file) => existsSync(file))
    .map((file): { chart: string; paths: string[] } => JSON.parse(readFileSync(file, "utf8")));
  const paths = lists.find((list) => list.chart === chart)?.paths ?? [];
  return paths.filter((one) => /(^|\.)tolerations$/.test(one) && !(OFF[chart] ?? []).includes(one));
}

/** Labels of the nodes that a place prefers, but for what every node has. */
function preferred(affinity: Json | undefined): Json[] {
  const terms = at(affinity, "nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution");
  return (Array.isArray(terms) ? terms : [])
    .flatMap((term) => at(term, "preference.matchExpressions") ?? [])
    .filter((expression) => at(expression, "operator") !== "Exists");
}

const node = (type: string) => [{ key: "node-type", operator: "In", values: [type] }];

function releases(stacks: readonly StackJson[], pattern: RegExp): JsonObject[] {
  return stacks.filter(({ id }) => pattern.test(id)).flatMap(({ json }) => resourcesOf(json, "helm_release"));
}

function withoutPools(platform: Platform, ...names: string[]): Platform {
  const strip = (cluster: Cluster): Cluster => ({
    ...cluster,
    nodePools: cluster.nodePools.filter(({ name }) => !names.includes(name)),
  });
  return { ...platform, clusters: platform.clusters.map(strip) };
}

const acme = loadExample("acme");
const { stacks } = synthesize(acme);
const bare = synthesize(withoutPools(acme, "general-restricted", "memory", "storage")).stacks;
const platformReleases = releases(stacks, /^l2-/);

describe("on a cluster with a pool for the platform", () => {
  const places = platformReleases.flatMap(placesOf);

  test("every component is looked at", () => {
    const charts = new Set(platformReleases.map(({ chart }) => String(chart)));
    expect([...charts].filter((chart) => tolerationPaths(chart).length > 0).sort()).toEqual([
      "altinity-clickhouse-operator",
      "casdoor-helm-charts",
      "cert-manager",
      "cloudnative-pg",
      "external-secrets",
      "grafana",
      "headlamp",
      "metrics-server",
      "oauth2-proxy",
      "plugin-barman-cloud",
      "traefik",
      "valkey",
      "vault",
    ]);
    expect(places.map(({ where }) => where)).toEqual(
      expect.arrayContaining([
        "cert-manager/cert-manager startupapicheck.tolerations",
        "external-secrets/external-secrets certController.tolerations",
        "casdoor/postgresql spec.affinity",
      ]),
    );
  });

  test.each(places.map((place) => [place.where, place] as const))("%s tolerates its taint and no other", (_, place) => {
    expect(place.tolerations).toEqual(RESTRICTED);
  });

  test.each(places.map((place) => [place.where, place] as const))(
    "%s prefers its nodes, and needs none",
    (_, place) => {
      expect(preferred(place.affinity)).toEqual(node("general-restricted"));
      expect(at(place.affinity, "nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution")).toBeUndefined();
    },
  );

  test("the pool counts for half: replicas rather stand apart than together on its nodes", () => {
    expect(at(places[0]?.affinity, "nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution")).toEqual([
      { weight: 50, preference: { matchExpressions: node("general-restricted") } },
      { weight: 50, preference: { matchExpressions: [{ key: "kubernetes.io/os", operator: "Exists" }] } },
    ]);
  });

  test("no two Vault servers share a node, as the chart has it", () => {
    const vault = platformReleases.find(({ name }) => name === "vault") ?? {};
    const rule = "server.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution";
    expect(at(valuesOf(vault), rule)).toEqual([
      {
        topologyKey: "kubernetes.io/hostname",
        labelSelector: {
          matchLabels: {
            "app.kubernetes.io/name": "vault",
            "app.kubernetes.io/instance": "vault",
            component: "server",
          },
        },
      },
    ]);
  });

  test("pods of Casdoor still stand apart where they can", () => {
    const casdoor = platformReleases.find(({ name }) => name === "casdoor") ?? {};
    expect(at(valuesOf(casdoor), "affinity.podAntiAffinity")).toBeDefined();
  });

  test("a pool with taints of its own has those tolerated", () => {
    const taints = [{ key: "dedicated", value: "system", effect: "NoExecute" as const }];
    const clusters = acme.clusters.map((cluster) => ({
      ...cluster,
      nodePools: cluster.nodePools.map((pool) => (pool.name === "general-restricted" ? { ...pool, taints } : pool)),
    }));
    const [traefik] = releases(
      synthesize({ ...acme, clusters }, { only: "l2-base-platform" }).stacks,
      /^l2-base-platform$/,
    ).filter(({ name }) => name === "traefik");
    expect(valuesOf(traefik ?? {}).tolerations).toEqual([
      { key: "dedicated", operator: "Equal", value: "system", effect: "NoExecute" },
    ]);
  });
});

describe("on a cluster without such pools", () => {
  test("no pod tolerates a taint or prefers a node", () => {
    const text = JSON.stringify(releases(bare, /^l[23]-/));
    expect(text).not.toContain("tolerations");
    expect(text).not.toContain("nodeAffinity");
  });

  test("nothing else differs: the same releases, and without placement the same values", () => {
    const charts = (from: readonly StackJson[]) =>
      releases(from, /^l2-/)
        .filter(({ chart }) => tolerationPaths(String(chart)).length > 0)
        .map((release) => [`${release.namespace}/${release.name}`, unplaced(valuesOf(release))]);
    expect(charts(bare)).toEqual(charts(stacks));
  });
});

/** Values without what is said about nodes and neighbours. */
function unplaced(value: Json): Json {
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "tolerations" && key !== "affinity");
  return Object.fromEntries(kept.map(([key, child]) => [key, unplaced(child)]));
}

describe("the stores of an environment", () => {
  const placesIn = (from: readonly StackJson[], id: string) =>
    from.filter((stack) => stack.id === id).flatMap(({ json }) => resourcesOf(json, "helm_release").flatMap(placesOf));

  /** The example with a pool for stores on disk, which it leaves out. */
  function withStorage(): readonly StackJson[] {
    const pool: NodePoolSpec = {
      name: "storage",
      plan: "voc-s-1c-8gb-150s-amd",
      quantity: 1,
      taints: defaultTaints("storage"),
    };
    const clusters = acme.clusters.map((cluster) => ({ ...cluster, nodePools: [...cluster.nodePools, pool] }));
    return synthesize({ ...acme, clusters }, { only: "l3-data-prod" }).stacks;
  }

  test("prefer the pools for them where their cluster has them", () => {
    const prefers = placesIn(withStorage(), "l3-data-prod").map(({ where, tolerations, affinity }) => [
      where.split(" ")[0],
      at(tolerations, "0.value"),
      at(preferred(affinity)[0], "values.0"),
    ]);
    expect(new Map(prefers.map(([where, ...rest]) => [where, rest]))).toEqual(
      new Map([
        ["data-prod/postgresql", ["memory", "memory"]],
        ["data-prod/postgresql-ready", ["memory", "memory"]],
        ["data-prod/clickhouse", ["storage", "storage"]],
        ["data-prod/clickhouse-ready", ["storage", "storage"]],
        ["data-prod/redis-master", ["memory", "memory"]],
        ["data-prod/redis-master-ready", ["memory", "memory"]],
      ]),
    );
  });

  test("stay with the others where it has none, and off the nodes of the platform", () => {
    const staging = placesIn(stacks, "l3-data-staging");
    expect(staging.length).toBeGreaterThan(0);
    expect(staging.filter(({ tolerations }) => tolerations !== undefined)).toEqual([]);
  });
});
