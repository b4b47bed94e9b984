import { CLIENT_DEPTH } from "../../constructs/access/entry-point";
import { cleanHeaders, strippedHeaders } from "../../constructs/access/headers";

/** Written down here once more: a list that comes from the code says nothing of the code. */
const EVERYWHERE = [
  "Cf-Access-Authenticated-User-Email",
  "Cf-Connecting-Ipv6",
  "Do-Connecting-Ip",
  "Fastly-Client-Ip",
  "Forwarded",
  "Gap-Auth",
  "Impersonate-Group",
  "Impersonate-User",
  "Openpanel-Client-Ip",
  "Remote-Email",
  "Remote-Groups",
  "Remote-User",
  "True-Client-Ip",
  "X-Appengine-User-Ip",
  "X-Auth-Request-Access-Token",
  "X-Auth-Request-Email",
  "X-Auth-Request-Groups",
  "X-Auth-Request-Preferred-Username",
  "X-Auth-Request-Redirect",
  "X-Auth-Request-User",
  "X-Authentik-Email",
  "X-Authentik-Groups",
  "X-Authentik-Username",
  "X-Client-Ip",
  "X-Cluster-Client-Ip",
  "X-Forwarded",
  "X-Forwarded-Access-Token",
  "X-Forwarded-Email",
  "X-Forwarded-Groups",
  "X-Forwarded-Preferred-Username",
  "X-Forwarded-Scheme",
  "X-Forwarded-User",
  "X-Http-Method-Override",
  "X-Method-Override",
  "X-Nf-Client-Connection-Ip",
  "X-Original-Forwarded-For",
  "X-Original-Method",
  "X-Original-Uri",
  "X-Original-Url",
  "X-Remote-Group",
  "X-Remote-User",
  "X-Rewrite-Url",
  "X-Webauth-User",
  "X_Auth_Request_Email",
  "X_Auth_Request_User",
];

/** Cloudflare passes these on as the client wrote them, and Traefik believes Cloudflare. */
const AT_THE_EDGE = [
  "X-Forwarded-Method",
  "X-Forwarded-Prefix",
  "X-Forwarded-Tls-Client-Cert",
  "X-Forwarded-Tls-Client-Cert-Info",
  "X-Forwarded-Uri",
  "X-Real-Ip",
];

const sorted = (names: readonly string[]) => [...names].sort();
const emptied = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, ""]));

test("behind Cloudflare, whatever claims an identity, an address or another request is taken off, and nothing else", () => {
  expect(strippedHeaders("edge")).toEqual(sorted([...EVERYWHERE, ...AT_THE_EDGE]));
});

test("where clients connect themselves, Cloudflare's own header is their word too", () => {
  expect(strippedHeaders("machine")).toEqual(sorted([...EVERYWHERE, "Cf-Connecting-Ip"]));
});

test("behind Cloudflare, applications read the host of the route and no other", () => {
  expect(cleanHeaders("app.acme.example", "edge")).toEqual({
    headers: {
      customRequestHeaders: {
        ...emptied([...EVERYWHERE, ...AT_THE_EDGE]),
        "X-Forwarded-Host": "app.acme.example",
        "X-Forwarded-Port": "443",
      },
    },
  });
});

test("where clients connect themselves, Traefik writes the host down itself", () => {
  expect(cleanHeaders("vault.acme.example", "machine")).toEqual({
    headers: { customRequestHeaders: emptied([...EVERYWHERE, "Cf-Connecting-Ip"]) },
  });
});

test("what the edge must say to applications is left: the address that Cloudflare saw", () => {
  for (const name of ["Cf-Connecting-Ip", "X-Forwarded-For", "X-Forwarded-Proto"]) {
    expect(strippedHeaders("edge")).not.toContain(name);
  }
});

test("a client's limit counts whom Cloudflare names at the edge, and who connects elsewhere", () => {
  expect(CLIENT_DEPTH).toEqual({ edge: 1, machine: 0 });
});
