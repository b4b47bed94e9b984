import { slug } from "../../core/names";

export const HEADLAMP_NAMESPACE = "headlamp";
/** Service, service account and role of Headlamp. */
export const HEADLAMP = "headlamp";
export const HEADLAMP_PORT = 80;
/** Port of its pods. */
export const HEADLAMP_POD_PORT = 4466;
/** Name under which it shows its cluster; it stands in every path below `/clusters/`. */
export const CONTEXT = "main";

/**
 * Host of a cluster's Headlamp.
 *
 * @param domain - domain of the platform's own services
 */
export function headlampHost(cluster: string, domain: string): string {
  return `headlamp-${slug(cluster)}.${domain}`;
}
