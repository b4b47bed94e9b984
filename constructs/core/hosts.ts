/** Whether a host is the zone's apex or below it. */
export function isHostBelow(host: string, zone: string): boolean {
  return host === zone || host.endsWith(`.${zone}`);
}

/** Labels of a host in front of its zone: 1 for `www.example.com` in `example.com`, 0 for the apex. */
export function depthBelow(host: string, zone: string): number {
  return host === zone ? 0 : host.slice(0, -zone.length - 1).split(".").length;
}

/** Whether names of certificates or DNS records cover a host: its own, or the wildcard one label up. */
export function isCovered(host: string, names: readonly string[]): boolean {
  return names.includes(host) || names.includes(wildcardOf(host));
}

/** One label up, which is as far as certificates and records with an asterisk reach. */
export function wildcardOf(host: string): string {
  return host.replace(/^[^.]+/, "*");
}
