/**
 * What the program does not do yet, by what would close it. Each name turns a test into one that has to fail: whoever
 * closes a gap takes its names away from here, because the test then says so.
 */

/** Names of somebody that only a gate, or nobody at all, may give: the table's own middleware could strip them. */
const IDENTITIES = [
  "X-Auth-Request-Redirect",
  "X-Forwarded-Preferred-Username",
  "X-Forwarded-Access-Token",
  "X_Auth_Request_User",
  "X_Auth_Request_Email",
  "X-Webauth-User",
  "Remote-User",
  "Remote-Email",
  "Remote-Groups",
  "X-Remote-User",
  "X-Remote-Group",
  "Impersonate-User",
  "Impersonate-Group",
  "X-Authentik-Username",
  "Gap-Auth",
];

/** Addresses that OpenPanel's own order of headers knows, and neither Cloudflare nor Traefik sets: strip them, too. */
const ADDRESSES = [
  "Cf-Connecting-Ipv6",
  "Fastly-Client-Ip",
  "X-Cluster-Client-Ip",
  "X-Appengine-User-Ip",
  "Do-Connecting-Ip",
  "X-Nf-Client-Connection-Ip",
  "X-Original-Forwarded-For",
  "X-Forwarded",
  "Forwarded",
];

/** Another path or method than the one that was checked: strip them, too. */
const REQUESTS = ["X-Original-Url", "X-Rewrite-Url", "X-Http-Method-Override"];

/**
 * Traefik takes these from Cloudflare, which passes on what the client sent: to be stripped, or set to what the table
 * knows (its host, `https`, 443), where the entry point is `edge`.
 */
const TRUSTED = [
  "X-Forwarded-Host",
  "X-Forwarded-Port",
  "X-Forwarded-Prefix",
  "X-Forwarded-Uri",
  "X-Forwarded-Method",
  "X-Forwarded-Tls-Client-Cert",
  "X-Forwarded-Tls-Client-Cert-Info",
  "X-Real-Ip",
];

export const OPEN_THROUGH_CLOUDFLARE: readonly string[] = [...IDENTITIES, ...ADDRESSES, ...REQUESTS, ...TRUSTED];

/**
 * Only a firewall keeps everybody but Cloudflare away from `edge`, and nothing takes Cloudflare's own header from who
 * comes to `machine`: an allow list at `edge`, and the header stripped at `machine`, would.
 */
export const OPEN_TO_ANYBODY: readonly string[] = [...IDENTITIES, ...ADDRESSES, ...REQUESTS, "Cf-Connecting-Ip"];
