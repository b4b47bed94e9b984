import type { ClientFacts } from "../../core/identity";
import type { JsonObject } from "../../core/json";
import { endpoints } from "./endpoints";
import type { GrafanaProps } from "./index";
import { roleExpression } from "./role-expression";

/** What the configuration depends on. */
export type GrafanaSettings = Pick<GrafanaProps, "host" | "groups" | "identity">;

/** How long somebody stays signed on: as long as his refresh token, so that a group that he left is soon of no use. */
const SESSION = "12h";

/**
 * grafana.ini, without a secret: those come from the environment. People come in by the identity provider and by no other
 * door, and nothing is fetched or sent that nobody asked for.
 *
 * @see https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
 */
export function grafanaIni(settings: GrafanaSettings, facts: ClientFacts): JsonObject {
  const { host } = settings;
  return {
    server: { domain: host, root_url: `https://${host}/`, enforce_domain: false },
    log: { mode: "console" },
    ...signOn(settings, facts),
    security: {
      cookie_secure: true,
      cookie_samesite: "lax",
      allow_embedding: false,
      strict_transport_security: true,
      disable_gravatar: true,
    },
    users: { allow_sign_up: false, allow_org_create: false, viewers_can_edit: false },
    snapshots: { enabled: false, external_enabled: false },
    public_dashboards: { enabled: false },
    ...QUIET,
  };
}

/** @see https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/generic-oauth/ */
function signOn({ groups, identity }: GrafanaSettings, { clientId, groupsClaim }: ClientFacts): JsonObject {
  const { authorization, token, userinfo } = endpoints(identity);
  return {
    auth: {
      disable_login_form: true,
      login_maximum_lifetime_duration: SESSION,
      login_maximum_inactive_lifetime_duration: SESSION,
      // An account belongs to the person that the provider names, not to an address that somebody may have got since.
      oauth_allow_insecure_email_lookup: false,
    },
    "auth.basic": { enabled: false },
    "auth.anonymous": { enabled: false },
    "auth.proxy": { enabled: false },
    "auth.jwt": { enabled: false },
    // Settings of the database would win over these. The name is no provider's: Grafana takes an empty list for its own.
    sso_settings: { configurable_providers: "none" },
    "auth.generic_oauth": {
      enabled: true,
      name: "Sign-on",
      client_id: clientId,
      scopes: "openid profile email",
      auth_url: authorization,
      token_url: token,
      api_url: userinfo,
      use_pkce: true,
      use_refresh_token: true,
      // The first sign-on makes the account; without a role there is none.
      allow_sign_up: true,
      login_attribute_path: "preferred_username",
      groups_attribute_path: groupsClaim,
      role_attribute_path: roleExpression(groups, identity, groupsClaim),
      role_attribute_strict: true,
      skip_org_role_sync: false,
      allow_assign_grafana_admin: false,
    },
  };
}

/** No reports, no checks for updates, no plugins from outside. */
const QUIET: JsonObject = {
  analytics: {
    reporting_enabled: false,
    check_for_updates: false,
    check_for_plugin_updates: false,
    feedback_links_enabled: false,
  },
  news: { news_feed_enabled: false },
  plugins: {
    plugin_admin_enabled: false,
    preinstall_disabled: true,
    preinstall_auto_update: false,
    public_key_retrieval_disabled: true,
  },
};
