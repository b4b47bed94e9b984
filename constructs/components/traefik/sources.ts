import { Middleware } from "@kubernetes-models/traefik/traefik.io/v1alpha1/Middleware";
import { ENTRY_POINTS, type EntryPointName } from "../../access/entry-point";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import { CLOUDFLARE_RANGES } from "./cloudflare-ranges";
import type { EntryPointSettings } from "./entry-points";

/** Pods and nodes: what asks for a host of its own cluster never passes the load balancer. */
const INSIDE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

const EVERYWHERE = ["0.0.0.0/0", "::/0"];

/**
 * Who may use an entry point beside the cluster itself; undefined for everybody. The load balancer's firewall says the
 * same; here it also holds for whoever finds the port of a node.
 */
export function admitted({ sources }: EntryPointSettings): readonly string[] | undefined {
  if (sources === "cloudflare") return [...CLOUDFLARE_RANGES, ...INSIDE];
  return sources.some((source) => EVERYWHERE.includes(source)) ? undefined : [...sources, ...INSIDE];
}

/** Name of the middleware that keeps others away from an entry point. */
export function sourcesMiddleware(name: EntryPointName): string {
  return `${name}-sources`;
}

/** As an entry point names it: with the namespace and the provider. Without it, Traefik serves no route there. */
export function sourcesReference(name: EntryPointName, settings: EntryPointSettings, namespace: string): string[] {
  return admitted(settings) === undefined ? [] : [`${namespace}-${sourcesMiddleware(name)}@kubernetescrd`];
}

/**
 * The middlewares that the entry points name.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ipallowlist/
 */
export function sourcesObjects(
  entryPoints: Readonly<Record<EntryPointName, EntryPointSettings>>,
  namespace: string,
): ManifestObject[] {
  return ENTRY_POINTS.flatMap((name) => {
    const sourceRange = admitted(entryPoints[name]);
    if (sourceRange === undefined) return [];
    return [
      new Middleware({
        metadata: { name: sourcesMiddleware(name), namespace },
        spec: { ipAllowList: { sourceRange: [...sourceRange] } },
      }),
    ];
  });
}
