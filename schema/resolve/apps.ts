/** The applications of an environment. */
import { settingsFindings } from "../../constructs/apps/openpanel/rules";
import { nearest } from "../load/nearest";
import type { Cluster, Environment, OpenPanelSettings } from "../model";
import { OPENPANEL_VERSION } from "../pins";
import type { AppsDocument, Profile } from "../profiles";
import { orList } from "../words";
import type { Context } from "./context";
import { overlay } from "./overlay";
import { below, type Place } from "./report";

/** The applications of an environment. */
export function resolveApps(profile: Profile, written: AppsDocument | undefined): Environment["apps"] {
  if (written?.openpanel === undefined) return {};
  const { version, digests, gate, primary, replicas, features, environment, smtp } = overlay(
    profile.environment.apps?.openpanel ?? {},
    written.openpanel,
  );
  const openpanel: OpenPanelSettings = {
    version: version ?? OPENPANEL_VERSION,
    ...(digests && { digests }),
    gate: gate ?? "main",
    primary: primary ?? false,
    replicas: {
      api: range(replicas?.api),
      dashboard: replicas?.dashboard ?? 1,
      worker: range(replicas?.worker),
    },
    ...(features && { features }),
    ...(environment && { environment: mapValues(environment, String) }),
    ...(smtp && { smtp }),
  };
  return { openpanel };
}

/** A profile of one's own may say one bound only: the other follows it. */
function range({ min, max }: { readonly min?: number | undefined; readonly max?: number | undefined } = {}) {
  return { min: min ?? 1, max: max ?? min ?? 1 };
}

function mapValues<T>(mapping: Readonly<Record<string, T>>, change: (value: T) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, change(value)]));
}

/** Refuses an application that lacks a store or a gate, or whose settings can't be meant. */
export function checkApps(
  context: Context,
  environment: Pick<Environment, "name" | "apps" | "data">,
  cluster: Cluster | undefined,
  place: Place,
): void {
  const { name, apps, data } = environment;
  const { openpanel } = apps;
  if (openpanel === undefined) return;
  for (const store of ["postgresql", "clickhouse", "redis"] as const) {
    if (data[store] !== false) continue;
    const at = { source: place.source, path: ["data", store] };
    context.report.add(at, `openpanel in environment ${name} needs ${store}`, `Leave "${store}: false" out.`, false);
  }
  for (const { path, problem, fix, value } of settingsFindings(openpanel)) {
    context.report.add(below(place, "openpanel", ...path), problem, fix, value);
  }
  if (cluster === undefined || Object.hasOwn(cluster.gates, openpanel.gate)) return;
  if (cluster.dedicatedTo === undefined && !context.intact("clusters")) return;
  const close = nearest(openpanel.gate, Object.keys(cluster.gates));
  const where = cluster.dedicatedTo === undefined ? `clusters.${cluster.name} in platform.yaml` : "its placement";
  const add = `add "gates: {${openpanel.gate}: {groups: [...]}}" to ${where}`;
  const fix =
    close.length > 0 ? `Did you mean ${orList(close)}? Else ${add}.` : `${add[0]?.toUpperCase()}${add.slice(1)}.`;
  const problem = `openpanel in environment ${name} is behind gate ${openpanel.gate}, which cluster ${cluster.name} does not have`;
  context.report.add(below(place, "openpanel", "gate"), problem, fix);
}
