import { z } from "zod";
import { Failure } from "../../../run/failure";

/**
 * Settings of OAuth2-Proxy that its double follows. Those it does not know are refused, so that a gate is never tested
 * without one of its settings.
 *
 * @see https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview
 */
const settings = z.strictObject({
  provider: z.literal("oidc"),
  provider_display_name: z.string().optional(),
  oidc_issuer_url: z.url(),
  redirect_url: z.url(),
  proxy_prefix: z.string(),
  scope: z.string(),
  oidc_groups_claim: z.string(),
  allowed_groups: z.array(z.string()).default([]),
  email_domains: z.array(z.literal("*")),
  code_challenge_method: z.literal("S256"),
  skip_provider_button: z.boolean().default(false),
  upstreams: z.array(z.string().regex(/^static:\/\/\d{3}$/)).length(1),
  reverse_proxy: z.boolean().default(false),
  set_xauthrequest: z.boolean().default(false),
  // What passes tokens on is not played: it must stay off.
  pass_access_token: z.literal(false),
  pass_authorization_header: z.literal(false),
  set_authorization_header: z.literal(false),
  pass_basic_auth: z.literal(false),
  pass_user_headers: z.literal(false),
  api_routes: z.array(z.string()).default([]),
  force_json_errors: z.boolean().default(false),
  cookie_name: z.string().default("_oauth2_proxy"),
  cookie_path: z.string().default("/"),
  cookie_domains: z.array(z.string()).default([]),
  whitelist_domains: z.array(z.string()).default([]),
  cookie_secure: z.boolean().default(true),
  cookie_httponly: z.boolean().default(true),
  cookie_samesite: z.enum(["lax", "strict", "none", ""]).default(""),
  cookie_expire: z.string().default("168h"),
  cookie_refresh: z.string().optional(),
  cookie_csrf_per_request: z.boolean().optional(),
  cookie_csrf_expire: z.string().optional(),
  silence_ping_logging: z.boolean().optional(),
  trusted_proxy_ips: z.array(z.string()).optional(),
  session_cookie_minimal: z.boolean().optional(),
});

export type GateSettings = z.infer<typeof settings>;

/**
 * Reads the flat TOML of a gate's release.
 *
 * @throws Failure when a setting is there that the double does not follow
 */
export function readGateSettings(toml: string): GateSettings {
  const entries = toml.split("\n").flatMap((line) => {
    const [, name, value] = /^([a-z_]+) = (.*)$/.exec(line.trim()) ?? [];
    return name === undefined || value === undefined ? [] : [[name, JSON.parse(value)]];
  });
  const result = settings.safeParse(Object.fromEntries(entries));
  if (result.success) return result.data;
  throw new Failure(`The double of OAuth2-Proxy can't follow a gate's configuration. Teach it in sandbox/live/traffic/gate:
${z.prettifyError(result.error)}`);
}
