/** Addresses and names that only a forger would send. */
export const FORGED_ADDRESS = "192.0.2.66";
export const FORGED_NAME = "mallory";

const IDENTITY = [
  "X-Auth-Request-User",
  "X-Auth-Request-Email",
  "X-Auth-Request-Groups",
  "X-Auth-Request-Preferred-Username",
  "X-Auth-Request-Access-Token",
  "X-Auth-Request-Redirect",
  "X-Forwarded-User",
  "X-Forwarded-Email",
  "X-Forwarded-Groups",
  "X-Forwarded-Preferred-Username",
  "X-Forwarded-Access-Token",
  "X-Forwarded-Tls-Client-Cert",
  "X-Forwarded-Tls-Client-Cert-Info",
  // Underscores and hyphens are the same to programs behind CGI or WSGI.
  "X_Auth_Request_User",
  "X_Auth_Request_Email",
  // What applications with a login by header read: Grafana, Headlamp's API server, Authelia, Authentik.
  "X-Webauth-User",
  "Remote-User",
  "Remote-Email",
  "Remote-Groups",
  "X-Remote-User",
  "X-Remote-Group",
  "Impersonate-User",
  "Impersonate-Group",
  "X-Authentik-Username",
  "X-Authentik-Email",
  "X-Authentik-Groups",
  "Cf-Access-Authenticated-User-Email",
  "Gap-Auth",
];

const ADDRESSES = [
  "Openpanel-Client-Ip",
  "True-Client-Ip",
  "X-Client-Ip",
  "Cf-Connecting-Ip",
  "Cf-Connecting-Ipv6",
  "X-Real-Ip",
  "Fastly-Client-Ip",
  "X-Cluster-Client-Ip",
  "X-Appengine-User-Ip",
  "Do-Connecting-Ip",
  "X-Nf-Client-Connection-Ip",
  "X-Original-Forwarded-For",
  "X-Forwarded",
  "Forwarded",
];

const PLACES = [
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Forwarded-Port",
  "X-Forwarded-Prefix",
  "X-Forwarded-Server",
  "X-Forwarded-Uri",
  "X-Forwarded-Method",
  "X-Forwarded-Scheme",
  "X-Original-Url",
  "X-Original-Uri",
  "X-Original-Method",
  "X-Method-Override",
  "X-Rewrite-Url",
  "X-Http-Method-Override",
];

/** Headers that say who somebody is, where he comes from or what he asked for, with what a forger says. */
export const FORGED: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...IDENTITY, ...PLACES].map((name) => [name, FORGED_NAME])),
  ...Object.fromEntries(ADDRESSES.map((name) => [name, FORGED_ADDRESS])),
  Forwarded: `for=${FORGED_ADDRESS};host=${FORGED_NAME}`,
};

/** Whether a value holds something forged. */
export function isForged(value: string | readonly string[] | undefined): boolean {
  return [value ?? ""].flat().some((text) => text.includes(FORGED_NAME) || text.includes(FORGED_ADDRESS));
}
