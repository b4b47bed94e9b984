/** What people may do in Grafana, the most first: everything in it, change dashboards, look at them. */
export const GRAFANA_ROLES = ["Admin", "Editor", "Viewer"] as const;
export type GrafanaRole = (typeof GRAFANA_ROLES)[number];

/** Group of the identity provider to role. Who is in several has the role that may do the most. */
export type GrafanaGroups = Readonly<Record<string, GrafanaRole>>;
