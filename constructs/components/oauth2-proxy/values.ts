import { gatePath } from "../../access/portal-gate";
import type { ClientFacts } from "../../core/identity";
import type { Json, JsonObject } from "../../core/json";
import { slug } from "../../core/names";
import { RESTRICTED_CONTAINER, RESTRICTED_POD, resources, spread } from "../shared/values";
import { VALKEY_PORT } from "../valkey";
import type { Oauth2ProxyProps } from "./index";
import { GATE_PORT, GATE_SERVICE, SESSIONS } from "./names";
import { CREDENTIALS, SESSION_PASSWORD, SESSION_USER } from "./secrets";

/** User of the proxy's image. */
const USER: JsonObject = { runAsUser: 2000, runAsGroup: 2000 };

export function values(props: Oauth2ProxyProps, facts: ClientFacts): JsonObject {
  const { replicas, placement } = props;
  return {
    fullnameOverride: GATE_SERVICE,
    replicaCount: replicas,
    podDisruptionBudget: replicas === 1 ? { enabled: false } : { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: spread(replicas, { "app.kubernetes.io/name": "oauth2-proxy" }),
    resources: resources("20m", "64Mi"),
    ...placement,
    podSecurityContext: RESTRICTED_POD,
    securityContext: { enabled: true, ...RESTRICTED_CONTAINER, ...RESTRICTED_POD, ...USER },
    serviceAccount: { automountServiceAccountToken: false },
    enableServiceLinks: false,
    service: { portNumber: GATE_PORT },
    ingress: { enabled: false },
    metrics: { enabled: false },
    config: { existingSecret: CREDENTIALS, configFile: toml(config(props, facts)) },
    sessionStorage: {
      type: "redis",
      redis: {
        clientType: "standalone",
        existingSecret: SESSION_PASSWORD,
        passwordKey: SESSION_USER,
        standalone: { connectionUrl: `redis://${SESSIONS}:${VALKEY_PORT}` },
      },
    },
    // The chart would bring a Redis of its own, and wait for it with `alpine:latest`.
    "redis-ha": { enabled: false },
    initContainers: { waitForRedis: { enabled: false } },
  };
}

/**
 * The proxy's configuration. Every line here was wrong somewhere once: see the test before changing one.
 *
 * @see https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview
 */
export function config(
  props: Oauth2ProxyProps,
  { issuer, groups, groupsClaim }: ClientFacts,
): Readonly<Record<string, Json>> {
  const { gate } = props;
  return {
    provider: "oidc",
    provider_display_name: "Portal",
    oidc_issuer_url: issuer,
    // Without a host: the proxy takes that of the request, so one gate serves the login of every host that it guards.
    redirect_url: `${gatePath(gate)}/callback`,
    proxy_prefix: gatePath(gate),
    scope: "openid email",
    oidc_groups_claim: groupsClaim,
    // Who is in one of the groups may pass; the address alone says nothing.
    allowed_groups: [...groups],
    email_domains: ["*"],
    code_challenge_method: "S256",
    skip_provider_button: true,
    // An authenticated request is answered with 202, which Traefik takes as leave to pass.
    upstreams: ["static://202"],
    reverse_proxy: true,
    // Names of the user and nothing more: tokens of this provider exceed what cookies and headers hold.
    set_xauthrequest: true,
    pass_access_token: false,
    pass_authorization_header: false,
    set_authorization_header: false,
    pass_basic_auth: false,
    pass_user_headers: false,
    // Host-only, and a browser takes no `__Host-` cookie that another host could have set.
    cookie_name: `__Host-gate-${slug(gate)}`,
    // Beside the host itself, nobody is sent anywhere but to the provider: to end the session there too.
    whitelist_domains: [new URL(issuer).host],
    cookie_path: "/",
    // Two tabs may log in at once.
    cookie_csrf_per_request: true,
    cookie_csrf_expire: "10m0s",
    cookie_secure: true,
    cookie_httponly: true,
    cookie_samesite: "lax",
    cookie_expire: "12h0m0s",
    cookie_refresh: "1h0m0s",
    // Addresses of logins hold codes; who logged in is in the authentication log.
    request_logging: false,
    // A login that nobody began (a stale tab) makes it print the whole request, with code and session (7.15.3,
    // oauthproxy.go: "Invalid authentication via OAuth2"); printed so, a request begins with these two characters.
    standard_logging_format:
      '[{{.Timestamp}}] [{{.File}}] {{if eq (printf "%.2s" .Message) "&{"}}(a request){{else}}{{.Message}}{{end}}',
    silence_ping_logging: true,
  };
}

/** Flat TOML; its strings are written like JSON's. The chart renders the text as a template, so its marks are escaped. */
function toml(settings: Readonly<Record<string, Json>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${JSON.stringify(value).replaceAll("{{", '{{ "{{" }}')}\n`)
    .join("");
}
