/** How the hosts of an environment are named, and where their traffic enters. */
import { appHost } from "../../constructs/core/names";
import type { Cluster, Environment, HostPattern } from "../model";
import type { HostsDocument } from "../profiles";
import type { Context } from "./context";
import { below, type Place, type Report } from "./report";

/** The host pattern of an environment. */
export function resolveHosts(
  context: Context,
  settings: HostsDocument,
  cluster: Cluster | undefined,
  place: Place,
): HostPattern {
  const { domains } = context.document;
  const zone = settings.domain === "internal" ? (domains.internal ?? domains.public) : domains.public;
  const { style = "flat", mode = "proxied" } = settings;
  const entryPoint = mode === "proxied" ? "edge" : "machine";
  if (style === "nested" && mode === "proxied") {
    const fix = "Write style: flat, or mode: dns-only: Cloudflare's certificate covers names of the first level only.";
    context.report.add(place, `<app>.<env>.${zone} is too deep for a proxied host`, fix, { style, mode });
  }
  if (entryPoint === "machine" && cluster?.entryPoints.machine.sources === "cloudflare") {
    const problem = `dns-only hosts enter cluster ${cluster.name} at "machine", which admits Cloudflare only`;
    context.report.add(below(place, "mode"), problem, "Write mode: proxied, or other sources for that entry point.");
  }
  return { style, zone, mode, entryPoint };
}

/** Refuses two environments that take one short host. */
export function checkPrimaries(
  report: Report,
  environments: readonly { readonly environment: Environment; readonly place: Place }[],
): void {
  const first = new Map<string, string>();
  for (const { environment, place } of environments) {
    for (const [app, settings] of Object.entries(environment.apps)) {
      if (!settings?.primary) continue;
      const host = appHost(app, environment.name, environment.hosts, true);
      const other = first.get(host);
      if (other === undefined) {
        first.set(host, environment.name);
        continue;
      }
      const at = below(place, "apps", app, "primary");
      report.add(at, `${host} is taken by ${app} in environment ${other}`, "Keep primary: true in one of them.", true);
    }
  }
}
