/** What runs on a cluster, and who may reach it. */

import { parseCidr } from "../../constructs/vultr/cidr";
import type { ClusterSettings } from "../cluster";
import { suggest } from "../load/nearest";
import { type Cluster, type ClusterComponents, COMPONENT_NAMES, type ComponentName } from "../model";
import type { Context } from "./context";
import { below, type Place } from "./report";

/** Run once for the organisation, on its central cluster. */
const CENTRAL_ONLY: readonly ComponentName[] = ["vault", "casdoor"];

/** What decides which components a cluster has. */
interface Wanted {
  readonly settings: ClusterSettings;
  readonly central: boolean;
  readonly gated: boolean;
  /** Whether there is a store for backups. */
  readonly stored: boolean;
}

/** The components of a cluster: all of the catalogue that have something to do there, unless switched off. */
export function resolveComponents({ settings, central, gated, stored }: Wanted): ClusterComponents {
  const idle: Partial<Record<ComponentName, boolean>> = {
    ...Object.fromEntries(CENTRAL_ONLY.map((name) => [name, !central])),
    "oauth2-proxy": !gated,
    "barman-cloud": !stored || settings.components?.["cloudnative-pg"] === false,
    // Only where somebody says who may use them; what is said wrongly is told by checkComponents.
    headlamp: !guardedBy(settings, whenOn(settings.components?.headlamp)?.gate),
    grafana: Object.keys(whenOn(settings.components?.grafana)?.groups ?? {}).length === 0,
  };
  const entries = COMPONENT_NAMES.map((name) => {
    return [name, idle[name] === true ? false : (settings.components?.[name] ?? {})] as const;
  });
  return Object.fromEntries(entries) as ClusterComponents;
}

/** Settings of a component that is not on by itself, when it is on. */
function whenOn<T>(settings: false | T | undefined): T | undefined {
  return settings === false ? undefined : settings;
}

function guardedBy({ gates = {} }: ClusterSettings, gate: string | undefined): boolean {
  return gate !== undefined && Object.hasOwn(gates, gate);
}

/** A cluster in the making: what it says itself, and that laid over its profile. */
interface Unchecked {
  readonly name: string;
  readonly own: ClusterSettings;
  readonly settings: ClusterSettings;
  readonly central: boolean;
  readonly gated: boolean;
}

/** Checks which components are switched on where they must be, and nowhere else. */
export function checkComponents(
  context: Context,
  { name, own, settings, central, gated }: Unchecked,
  place: Place,
): void {
  for (const component of CENTRAL_ONLY) {
    const chosen = own.components?.[component];
    const at = below(place, "components", component);
    if (central && settings.components?.[component] === false) {
      context.report.add(at, `the central cluster ${name} needs ${component}`, switchOn(own, component), false);
    } else if (!central && chosen !== undefined && chosen !== false) {
      const fix = "Leave this out here and set it on the central cluster.";
      context.report.add(at, `${component} runs on the central cluster only, and ${name} is another`, fix);
    }
  }
  if (gated && settings.components?.["oauth2-proxy"] === false) {
    const at = below(place, "components", "oauth2-proxy");
    const fix = `${switchOn(own, "oauth2-proxy").slice(0, -1)}, or leave the gates out.`;
    context.report.add(at, `the gates of cluster ${name} need oauth2-proxy`, fix, false);
  }
  checkHeadlamp(context, name, settings, below(place, "components", "headlamp"));
  checkGrafana(context, { name, settings, central }, below(place, "components", "grafana"));
}

/** It has nobody of its own whom it would let in: without a gate it stands open. */
function checkHeadlamp(context: Context, name: string, settings: ClusterSettings, place: Place): void {
  const headlamp = whenOn(settings.components?.headlamp);
  if (headlamp === undefined || guardedBy(settings, headlamp.gate)) return;
  const gates = Object.keys(settings.gates ?? {});
  if (gates.length === 0) {
    const fix = `Declare one under gates, such as "main: {groups: [operators]}", and write "headlamp: {gate: main}".`;
    context.report.add(place, `headlamp needs a gate, and cluster ${name} has none`, fix);
  } else if (headlamp.gate === undefined) {
    const fix = `Write "headlamp: {gate: ${gates[0]}}".`;
    context.report.add(place, `headlamp of cluster ${name} names no gate`, fix);
  } else {
    const problem = `cluster ${name} has no gate ${headlamp.gate}`;
    context.report.add(below(place, "gate"), problem, suggest(headlamp.gate, gates, "gate"), headlamp.gate);
  }
}

function checkGrafana(
  context: Context,
  { name, settings, central }: { readonly name: string; readonly settings: ClusterSettings; readonly central: boolean },
  place: Place,
): void {
  const grafana = whenOn(settings.components?.grafana);
  if (grafana === undefined) return;
  if (Object.keys(grafana.groups ?? {}).length === 0) {
    const fix = `Name at least one, such as "grafana: {groups: {operators: Admin}}".`;
    context.report.add(place, `grafana of cluster ${name} names no group that may sign on`, fix);
  }
  if (central && settings.components?.casdoor === false) {
    const fix = "Bring casdoor back, or leave grafana out.";
    context.report.add(place, `grafana signs people on with casdoor, which cluster ${name} leaves out`, fix);
  }
}

/** How a component comes back: its own cluster's word is the last one. */
export function switchOn(own: ClusterSettings, component: ComponentName): string {
  return own.components?.[component] === false
    ? `Leave "${component}: false" out.`
    : `The profile leaves it out: write "${component}: {}" here.`;
}

/** Where traffic enters a cluster: Cloudflare at `edge`, everyone at `machine`, which asks for credentials itself. */
export function resolveEntryPoints(context: Context, settings: ClusterSettings, place: Place): Cluster["entryPoints"] {
  const written = settings.entryPoints ?? {};
  for (const name of ["edge", "machine"] as const) {
    const sources = written[name]?.sources;
    if (!Array.isArray(sources)) continue;
    sources.forEach((source, index) => {
      if (parseCidr(source) !== undefined) return;
      const at = below(place, "entryPoints", name, "sources", index);
      context.report.add(
        at,
        "this is no IPv4 range",
        "Start it at its network address, such as 203.0.113.0/24.",
        source,
      );
    });
  }
  if (Array.isArray(written.edge?.sources)) {
    // Whoever comes past Cloudflare could say in its headers who he is.
    const fix =
      "Write cloudflare, or let the environment's hosts be dns-only: they enter by machine, whose sources are free.";
    const problem = "entry point edge serves hosts behind Cloudflare's proxy, and would admit others";
    context.report.add(below(place, "entryPoints", "edge", "sources"), problem, fix);
  }
  return {
    edge: { sources: written.edge?.sources ?? "cloudflare" },
    machine: { sources: written.machine?.sources ?? ["0.0.0.0/0"] },
  };
}
