import type { HttpMethod, Route, RouteBackend } from "../../access/route-table";
import { GRAFANA, GRAFANA_PORT } from "./names";

const BACKEND: RouteBackend = { service: GRAFANA, port: GRAFANA_PORT };

/**
 * What Grafana answers before it asks who somebody is, and what nobody needs from outside. Measurements and health are
 * for the cluster; passwords, sign-up, invitations, snapshots and public dashboards are off, and stay closed if somebody
 * switches them on; the server's administration and the sign-on settings are ours to write.
 */
const DENIED: readonly { readonly name: string; readonly path: string; readonly methods?: readonly HttpMethod[] }[] = [
  { name: "metrics", path: "/metrics" },
  { name: "health", path: "/api/health" },
  { name: "healthz", path: "/healthz" },
  { name: "browser-log", path: "/log-grafana-javascript-agent" },
  { name: "password-login", path: "/login", methods: ["POST", "PUT", "PATCH", "DELETE"] },
  { name: "password", path: "/api/user/password" },
  { name: "sign-up", path: "/api/user/signup" },
  { name: "invitation", path: "/api/user/invite" },
  { name: "snapshot-pages", path: "/dashboard/snapshot" },
  { name: "snapshots", path: "/api/snapshots" },
  { name: "snapshot-deletion", path: "/api/snapshots-delete" },
  { name: "public-dashboard-pages", path: "/public-dashboards" },
  { name: "public-dashboards", path: "/api/public" },
  { name: "server-administration", path: "/api/admin" },
  { name: "sign-on-settings", path: "/api/v1/sso-settings" },
];

/** All the rest is Grafana's to decide. A sign-on takes three requests, and each of them asks the database. */
export function routes(): Route[] {
  return [
    ...DENIED.map((row): Route => ({ ...row, class: "denied", match: "prefix" })),
    {
      name: "login",
      class: "public",
      path: "/login",
      match: "prefix",
      methods: ["GET", "HEAD"],
      backend: BACKEND,
      rateLimit: { average: 5, burst: 20 },
    },
    {
      name: "pages",
      class: "public",
      path: "/",
      match: "prefix",
      backend: BACKEND,
      rateLimit: { average: 100, burst: 300 },
    },
  ];
}
