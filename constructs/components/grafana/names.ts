import { slug } from "../../core/names";

export const GRAFANA_NAMESPACE = "grafana";
/** Service of Grafana. */
export const GRAFANA = "grafana";
export const GRAFANA_PORT = 80;
/** Port of its pod. */
export const GRAFANA_POD_PORT = 3000;

/**
 * Host of a cluster's Grafana.
 *
 * @param domain - domain of the platform's own services
 */
export function grafanaHost(cluster: string, domain: string): string {
  return `grafana-${slug(cluster)}.${domain}`;
}

/** Name of a cluster's Grafana as a client of the identity provider. */
export function grafanaClientId(cluster: string): string {
  return `grafana-${slug(cluster)}`;
}
