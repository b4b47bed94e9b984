/** Whether a host is the zone's apex or below it. */
export function isHostBelow(host: string, zone: string): boolean {
  return host === zone || host.endsWith(`.${zone}`);
}

/** Labels of a host in front of its zone: 1 for `www.example.com` in `example.com`, 0 for the apex. */
export function depthBelow(host: string, zone: string): number {
  return host === zone ? 0 : host.slice(0, -zone.length - 1).split(".").length;
}
