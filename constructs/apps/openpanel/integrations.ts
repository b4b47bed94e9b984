import type { SecretKey } from "../../core/secrets";
import type { OpenPanelFeatures, OpenPanelSettings, WorkloadName } from "./settings";

/** A service outside that OpenPanel works with once somebody switched it on. */
export interface Integration {
  /** Short name; names its route. */
  readonly name: string;
  readonly isOn: (features: OpenPanelFeatures) => boolean;
  /** Path of the API to which the service sends the browser back. */
  readonly callback: string;
  /** Path below which everything is denied while it is off. */
  readonly prefix: string;
  /** Variable that tells the API its own callback. */
  readonly redirectVariable: string;
  /** Variables whose values are secret: the key in Vault, and where its value comes from. */
  readonly secrets: Readonly<Record<string, { readonly key: string; readonly source: SecretKey }>>;
  /** Workloads that read the variables. */
  readonly variablesOf: readonly WorkloadName[];
  /** Workloads that call the service. */
  readonly callers: readonly WorkloadName[];
  /** Why they reach the internet. */
  readonly why: string;
}

/** One client at Google serves the login and the Search Console. */
const GOOGLE = client("google", "Google");

/**
 * Every integration. Their callbacks stay behind the gate: a browser that comes back has the gate's session, because
 * the login of OpenPanel and its settings are behind the gate, too.
 *
 * @see https://openpanel.dev/docs/self-hosting/environment-variables
 */
export const INTEGRATIONS: readonly Integration[] = [
  {
    name: "google",
    isOn: ({ signIn = [] }) => signIn.includes("google"),
    callback: "/oauth/google/callback",
    prefix: "/oauth/google",
    redirectVariable: "GOOGLE_REDIRECT_URI",
    secrets: GOOGLE,
    variablesOf: ["api"],
    callers: ["api"],
    why: "login with a Google account",
  },
  {
    name: "github",
    isOn: ({ signIn = [] }) => signIn.includes("github"),
    callback: "/oauth/github/callback",
    prefix: "/oauth/github",
    redirectVariable: "GITHUB_REDIRECT_URI",
    secrets: client("github", "GitHub"),
    variablesOf: ["api"],
    callers: ["api"],
    why: "login with a GitHub account",
  },
  {
    name: "search-console",
    isOn: ({ searchConsole = false }) => searchConsole,
    callback: "/gsc/callback",
    prefix: "/gsc",
    redirectVariable: "GSC_GOOGLE_REDIRECT_URI",
    secrets: GOOGLE,
    // The worker renews the tokens and fetches the data every day.
    variablesOf: ["api", "worker"],
    callers: ["api", "worker"],
    why: "data of Google's Search Console",
  },
  {
    name: "slack",
    isOn: ({ slack = false }) => slack,
    callback: "/webhook/slack",
    prefix: "/webhook/slack",
    redirectVariable: "SLACK_OAUTH_REDIRECT_URL",
    secrets: {
      ...client("slack", "Slack"),
      SLACK_STATE_SECRET: {
        key: "slack_state_secret",
        source: { kind: "generated", rule: { alphabet: "url-safe", length: 32 } },
      },
    },
    // The worker only posts to addresses that the API stored.
    variablesOf: ["api"],
    callers: ["api", "worker"],
    why: "notifications in Slack",
  },
];

/** The integrations that are switched on. */
export function integrationsOf({ features = {} }: Pick<OpenPanelSettings, "features">): readonly Integration[] {
  return INTEGRATIONS.filter(({ isOn }) => isOn(features));
}

/** The two values that a service hands out for a client; both are kept together, although one is no secret. */
function client(prefix: string, service: string): Integration["secrets"] {
  const upper = prefix.toUpperCase();
  const supplied = (what: string): SecretKey => ({
    kind: "supplied",
    description: `${what} of OpenPanel's client at ${service}`,
  });
  return {
    [`${upper}_CLIENT_ID`]: { key: `${prefix}_client_id`, source: supplied("Id") },
    [`${upper}_CLIENT_SECRET`]: { key: `${prefix}_client_secret`, source: supplied("Secret") },
  };
}
