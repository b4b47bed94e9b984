import { at, type KubernetesObject, list, type Release } from "../../../helpers/releases";

/** A route, and the release that it belongs to. */
export interface ReleasedRoute {
  readonly release: Release;
  readonly route: KubernetesObject;
}

/** Every route of some releases. */
export function routesOf(releases: readonly Release[]): ReleasedRoute[] {
  return releases.flatMap((release) =>
    release.objects.filter(({ kind }) => kind === "IngressRoute").map((route) => ({ release, route })),
  );
}

/** The hosts that the rules of a route name. */
export function hostsOf({ json }: KubernetesObject): string[] {
  return list(at(json, "spec", "routes")).flatMap((rule) =>
    [...String(rule.match).matchAll(/Host\(`([^`]+)`\)/g)].map(([, host = ""]) => host),
  );
}
