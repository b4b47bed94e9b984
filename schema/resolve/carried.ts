/** What a cluster owes to what it carries: one problem for each setting, however many environments suffer from it. */
import type { Cluster, ComponentName, Environment } from "../model";
import { andList } from "../words";
import type { PlacedCluster } from "./clusters";
import { switchOn } from "./components";
import type { Context } from "./context";
import { below } from "./report";

/** What each component needs on its own cluster. A test compares it with what the components say of themselves. */
export const COMPONENT_NEEDS: Readonly<Partial<Record<ComponentName, readonly ComponentName[]>>> = {
  "barman-cloud": ["cert-manager", "cloudnative-pg"],
  "clickhouse-operator": ["external-secrets"],
  vault: ["cert-manager", "external-secrets", "traefik"],
  casdoor: ["cert-manager", "cloudnative-pg", "external-secrets", "traefik"],
  "oauth2-proxy": ["cert-manager", "external-secrets", "traefik"],
  "metrics-server": ["cert-manager"],
  headlamp: ["cert-manager", "oauth2-proxy", "traefik"],
  grafana: ["cert-manager", "external-secrets", "traefik"],
};

/** Refuses clusters that lack what their components and environments need. */
export function checkCarried(
  context: Context,
  clusters: readonly PlacedCluster[],
  environments: readonly Environment[],
): void {
  for (const placed of clusters) {
    const carried = environments.filter((environment) => environment.cluster === placed.cluster.name);
    checkNeeds(context, placed, carried);
    checkDurability(context, placed, carried);
  }
}

/** Refuses to leave out a component that another one or an environment needs. */
function checkNeeds(context: Context, placed: PlacedCluster, carried: readonly Environment[]): void {
  const { cluster, place, written } = placed;
  const entries = Object.entries(cluster.components) as [ComponentName, unknown][];
  const [missing, present] = [true, false].map((left) => entries.filter(([, chosen]) => (chosen === false) === left));
  for (const [component] of missing ?? []) {
    const components = (present ?? []).map(([name]) => name);
    const needers = [
      ...components.filter((name) => COMPONENT_NEEDS[name]?.includes(component)),
      ...(backsUp(context, cluster) && component === "barman-cloud" ? ["casdoor"] : []),
      ...carried.filter((each) => needsOf(each, cluster).includes(component)).map(({ name }) => `environment ${name}`),
    ];
    if (needers.length === 0 || (component === "barman-cloud" && isIdle(context, cluster))) continue;
    const at = below(place, "components", component);
    const verb = needers.length === 1 ? "needs" : "need";
    const problem = `cluster ${cluster.name} leaves out ${component}, which ${andList(needers)} ${verb}`;
    context.report.add(at, problem, switchOn(written, component), false);
  }
}

/** Whether the plugin for backups is left out for want of something that is missed already. */
function isIdle({ document }: Context, { components }: Cluster): boolean {
  return document.backups === undefined || components["cloudnative-pg"] === false;
}

/** Whether the cluster carries the identity provider, whose database is backed up when there is a store for it. */
function backsUp({ document }: Context, { central, components }: Cluster): boolean {
  return central && document.backups !== undefined && components.casdoor !== false;
}

/** What an environment needs on its cluster. */
function needsOf({ apps, backups, data }: Environment, { central }: Cluster): readonly ComponentName[] {
  const hosts = Object.keys(apps).length > 0;
  return [
    "external-secrets",
    // On the central cluster, Vault is reached with a certificate of the internal CA.
    ...(hosts || central ? (["cert-manager"] as const) : []),
    ...(hosts ? (["traefik"] as const) : []),
    ...(data.postgresql === false ? [] : (["cloudnative-pg"] as const)),
    ...(data.postgresql === false || backups === false ? [] : (["barman-cloud"] as const)),
    ...(data.clickhouse === false ? [] : (["clickhouse-operator"] as const)),
  ];
}

/** Refuses a cluster that is less durable than what it carries. */
function checkDurability(context: Context, { cluster, place }: PlacedCluster, carried: readonly Environment[]): void {
  const lasting = carried.filter(({ baseType }) => baseType === "staging" || baseType === "prod");
  const names = andList(lasting.map(({ name }) => name));
  for (const field of ["highlyAvailable", "firewall"] as const) {
    if (cluster[field] || lasting.length === 0) continue;
    const problem = `cluster ${cluster.name} has ${field}: false, but carries ${names}`;
    const fix = `Set ${field}: true, which staging and prod must have; it can't be changed once the cluster exists.`;
    context.report.add(below(place, field), problem, fix);
  }
  const retained = carried.filter(({ protection }) => protection === "retain").map(({ name }) => name);
  if (cluster.protection !== "delete" || retained.length === 0) return;
  const problem = `cluster ${cluster.name} has protection: delete, but carries ${andList(retained)}, whose data is retained`;
  const fix = `Set protection: retain, or protection: delete on ${andList(retained)}.`;
  context.report.add(below(place, "protection"), problem, fix);
}
