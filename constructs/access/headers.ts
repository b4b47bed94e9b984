import type { EntryPointName } from "./entry-point";

/** Who somebody is: what gates say, and what applications read by convention. */
const IDENTITIES = [
  "Cf-Access-Authenticated-User-Email",
  "Gap-Auth",
  "Impersonate-Group",
  "Impersonate-User",
  "Remote-Email",
  "Remote-Groups",
  "Remote-User",
  "X-Auth-Request-Access-Token",
  "X-Auth-Request-Email",
  "X-Auth-Request-Groups",
  "X-Auth-Request-Preferred-Username",
  // Where a gate would send somebody after the login.
  "X-Auth-Request-Redirect",
  "X-Auth-Request-User",
  "X-Authentik-Email",
  "X-Authentik-Groups",
  "X-Authentik-Username",
  "X-Forwarded-Access-Token",
  "X-Forwarded-Email",
  "X-Forwarded-Groups",
  "X-Forwarded-Preferred-Username",
  "X-Forwarded-User",
  "X-Remote-Group",
  "X-Remote-User",
  "X-Webauth-User",
  // Some servers take an underscore for a hyphen. Traefik from 3.7.6 on drops all names with one (see entry-points.ts).
  "X_Auth_Request_Email",
  "X_Auth_Request_User",
];

/** Where somebody is: neither Cloudflare nor Traefik sets these, and OpenPanel's own order of headers knows them. */
const ADDRESSES = [
  "Cf-Connecting-Ipv6",
  "Do-Connecting-Ip",
  "Fastly-Client-Ip",
  "Forwarded",
  "Openpanel-Client-Ip",
  "True-Client-Ip",
  "X-Appengine-User-Ip",
  "X-Client-Ip",
  "X-Cluster-Client-Ip",
  "X-Forwarded",
  "X-Nf-Client-Connection-Ip",
  "X-Original-Forwarded-For",
];

/** Another path or method than the one that was checked. */
const REQUESTS = [
  "X-Forwarded-Scheme",
  "X-Http-Method-Override",
  "X-Method-Override",
  "X-Original-Method",
  "X-Original-Uri",
  "X-Original-Url",
  "X-Rewrite-Url",
];

/** Headers of Cloudflare, which at another entry point are the client's own words. */
const CLOUDFLARE_ONLY = ["Cf-Connecting-Ip"];

/** Traefik believes these of Cloudflare, which passes on what the client wrote. */
const PASSED_ON = [
  "X-Forwarded-Method",
  "X-Forwarded-Prefix",
  "X-Forwarded-Tls-Client-Cert",
  "X-Forwarded-Tls-Client-Cert-Info",
  "X-Forwarded-Uri",
  "X-Real-Ip",
];

/**
 * Headers that claim an identity, an address or another request, and are taken off whatever the class of a route:
 * nobody outside may set them, and a public route would pass a forged one straight through to the application.
 */
export function strippedHeaders(entryPoint: EntryPointName): readonly string[] {
  return [...IDENTITIES, ...ADDRESSES, ...REQUESTS, ...(entryPoint === "edge" ? PASSED_ON : CLOUDFLARE_ONLY)].sort();
}

/**
 * A middleware that leaves nothing a client says of itself, and says what the route knows: a host that the client names
 * would reach the links and redirects that an application builds.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/headers/
 */
export function cleanHeaders(host: string, entryPoint: EntryPointName) {
  const known: Readonly<Record<string, string>> =
    entryPoint === "edge" ? { "X-Forwarded-Host": host, "X-Forwarded-Port": "443" } : {};
  const stripped = Object.fromEntries(strippedHeaders(entryPoint).map((name) => [name, ""]));
  return { headers: { customRequestHeaders: { ...stripped, ...known } } };
}
