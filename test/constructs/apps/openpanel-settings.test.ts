import type { OpenPanelSettings } from "../../../constructs/apps/openpanel";
import { settingsFindings } from "../../../constructs/apps/openpanel/rules";
import {
  ALL_FEATURES,
  DIGESTS,
  PLACEMENT,
  refusals,
  SETTINGS,
  SMTP,
  secretVariables,
  variables,
} from "./support/openpanel";

const findings = (settings: Partial<OpenPanelSettings>) =>
  settingsFindings({ ...SETTINGS, ...settings }).map(
    ({ path, problem, fix }) => `${path.join(".")}: ${problem}. ${fix}`,
  );
const EVERYTHING: Partial<OpenPanelSettings> = {
  features: { ...ALL_FEATURES, machineApis: ["export"] },
  smtp: SMTP,
  digests: DIGESTS,
  environment: { LOG_LEVEL: "debug", EVENTS_GROUP_QUEUES_SHARDS: "4", QUEUE_CLUSTER: "true" },
};

test("settings that say everything that can be said are valid", () => {
  expect(findings(EVERYTHING)).toEqual([]);
});

describe("a variable", () => {
  test.each([
    ["DEMO_USER_ID", "is forbidden: it gives every anonymous visitor a session"],
    ["DISABLE_WORKERS", 'is forbidden: any value stops the workers, "false" too'],
    ["MAINTENANCE", "is forbidden: it takes the dashboard away"],
    ["POLAR_ACCESS_TOKEN", "is forbidden: it is for the billing of openpanel.dev"],
    ["CLICKHOUSE_CLUSTER", "is forbidden: it expects tables of a cluster, and the ClickHouse here is none"],
    ["ENABLED_QUEUES", "is forbidden: the one worker would leave all other queues alone"],
  ])("%s is refused whatever its value, at synth too", (name, because) => {
    for (const value of ["true", "false", "0", ""]) {
      expect(findings({ environment: { [name]: value } })).toEqual([
        `environment.${name}: variable ${name} ${because}. Remove it.`,
      ]);
    }
    expect(refusals({ environment: { [name]: "false" } })).toEqual([
      expect.stringContaining(`variable ${name} ${because}`),
    ]);
  });

  test("that the program sets itself is refused: every one of them, with every feature", () => {
    for (const name of ["api", "worker"]) {
      const own = Object.keys(variables(name, { ...EVERYTHING, environment: {} }));
      expect(own.length).toBeGreaterThan(15);
      for (const variable of own) {
        expect(findings({ environment: { [variable]: "x" } })).toEqual([
          expect.stringMatching(
            new RegExp(`^environment.${variable}: variable ${variable} (is set by the program|holds a secret)`),
          ),
        ]);
      }
    }
  });

  test("that is set by a feature is refused with the switch to use", () => {
    expect(findings({ environment: { GOOGLE_CLIENT_ID: "x", SMTP_HOST: "x" } })).toEqual([
      "environment.GOOGLE_CLIENT_ID: variable GOOGLE_CLIENT_ID is set by the program. Remove it, and switch its feature on under features.",
      "environment.SMTP_HOST: variable SMTP_HOST is set by the program. Write smtp beside environment.",
    ]);
  });

  test.each([
    "RESEND_API_KEY",
    "OPENAI_API_KEY",
    "ANTHROPIC_TOKEN",
    "HYPERDX_API_KEY",
    "UNSUBSCRIBE_SECRET",
    "DATABASE_URL_REPLICA",
    "SOME_PASSWORD",
    "SECRET",
  ])("%s is refused as a secret, and its value is not repeated", (name) => {
    const [problem = "", ...others] = refusals({ environment: { [name]: "hunter2" } });
    expect(others).toEqual([]);
    expect(problem).toContain(`variable ${name} holds a secret`);
    expect(problem).not.toContain("hunter2");
  });

  test("with a login in its value is refused as a secret", () => {
    expect(findings({ environment: { PROXY: "http://user:hunter2@proxy.example" } })).toEqual([
      "environment.PROXY: variable PROXY holds a secret and would stand in the configuration. Remove it: secrets come from Vault, with the feature that needs them.",
    ]);
  });

  test.each(["0", "1.5", "many", "-1", "1000"])("EVENTS_GROUP_QUEUES_SHARDS can't be %s", (value) => {
    expect(findings({ environment: { EVENTS_GROUP_QUEUES_SHARDS: value } })).toEqual([
      expect.stringContaining("is no number of queues. Write a whole number from 1 to 999."),
    ]);
  });

  test("QUEUE_CLUSTER can't be off, because any value switches it on", () => {
    expect(findings({ environment: { QUEUE_CLUSTER: "false" } })).toEqual([
      expect.stringContaining('is on whatever its value, "false" too. Write "true", or remove it.'),
    ]);
  });

  test("is the same on api and worker, so that both know the same queues", () => {
    const environment = { EVENTS_GROUP_QUEUES_SHARDS: "4", QUEUE_CLUSTER: "true", LOG_LEVEL: "warn" };
    for (const name of ["api", "worker"]) expect(variables(name, { environment })).toMatchObject(environment);
    expect(variables("dashboard", { environment })).not.toHaveProperty("LOG_LEVEL");
  });
});

describe("what is rendered", () => {
  const api = variables("api", EVERYTHING);

  test("has a dashboard on its host, an API below it, and an address of the cluster for rendering", () => {
    expect(api.DASHBOARD_URL).toBe(`https://${PLACEMENT.host}`);
    expect(api.API_URL).toBe(`${api.DASHBOARD_URL}/api`);
    const { API_URL_SSR, ...dashboard } = variables("dashboard", EVERYTHING);
    expect(API_URL_SSR).toMatch(/^http:\/\/[a-z-]+\.openpanel-staging\.svc\.cluster\.local:3000$/);
    expect(dashboard).toMatchObject({ API_URL: api.API_URL, DASHBOARD_URL: api.DASHBOARD_URL });
  });

  test("sends every browser back to a path of the API", () => {
    expect(api).toMatchObject({
      GOOGLE_REDIRECT_URI: `${api.API_URL}/oauth/google/callback`,
      GITHUB_REDIRECT_URI: `${api.API_URL}/oauth/github/callback`,
      GSC_GOOGLE_REDIRECT_URI: `${api.API_URL}/gsc/callback`,
      SLACK_OAUTH_REDIRECT_URL: `${api.API_URL}/webhook/slack`,
    });
  });

  test("has none of the variables that nobody may set", () => {
    for (const name of ["api", "dashboard", "worker"]) {
      const names = Object.keys(variables(name, EVERYTHING));
      expect(
        names.filter((each) => /^(DEMO_USER_ID|DISABLE_WORKERS|MAINTENANCE|POLAR_|CLICKHOUSE_CLUSTER)/.test(each)),
      ).toEqual([]);
    }
  });

  test("names each variable once", () => {
    for (const name of ["api", "worker"]) {
      const secret = secretVariables(name, EVERYTHING);
      expect(new Set(secret).size).toBe(secret.length);
      for (const each of secret) expect(variables(name, EVERYTHING)[each]).toBeUndefined();
    }
  });
});

describe("an image", () => {
  test.each(["2", "latest", "2.3", "^2.3.0", "main-0a1b"])("can't float in version %s", (version) => {
    expect(findings({ version })).toEqual([
      "version: OpenPanel version is not exact. Name one release, such as 2.3.0.",
    ]);
    expect(refusals({ version })).toContainEqual(expect.stringContaining("OpenPanel version is not exact"));
  });

  test.each(["latest", "sha256:abc", `sha256:${"A".repeat(64)}`, "a".repeat(64), `sha512:${"a".repeat(64)}`, ""])(
    "can't have the digest %p",
    (digest) => {
      expect(findings({ digests: { ...DIGESTS, worker: digest } })).toEqual([
        'digests.worker: digest of the worker image is not valid. Write "sha256:" and 64 hexadecimal digits, as "docker buildx imagetools inspect" prints them.',
      ]);
    },
  );
});

describe("bounds", () => {
  test.each([
    [
      { min: 3, max: 2 },
      "worker has more pods at least than at most. Write a min of at most 2, or a max of at least 3.",
    ],
    [{ min: 0, max: 2 }, "worker has bounds that are no numbers of pods. Write whole numbers from 1."],
    [{ min: 1.5, max: 2 }, "worker has bounds that are no numbers of pods. Write whole numbers from 1."],
  ])("can't be %p", (worker, problem) => {
    expect(findings({ replicas: { ...SETTINGS.replicas, worker } })).toEqual([`replicas.worker: ${problem}`]);
  });

  test("may be the same, for a fixed number", () => {
    expect(findings({ replicas: { ...SETTINGS.replicas, api: { min: 3, max: 3 } } })).toEqual([]);
  });

  test("of a dashboard don't exist: it has at least one pod", () => {
    expect(findings({ replicas: { ...SETTINGS.replicas, dashboard: 0 } })).toEqual([
      "replicas.dashboard: dashboard has no whole number of pods. Write 1 or more.",
    ]);
  });
});

describe("a feature", () => {
  test("mcp is refused beside a second api, which would not know its sessions", () => {
    const features = { machineApis: ["mcp"] } as const;
    expect(findings({ features })).toEqual([
      'features.machineApis: mcp needs a single api, and there may be 4. Leave "mcp" out, or write "replicas: {api: {min: 1, max: 1}}".',
    ]);
    expect(findings({ features, replicas: { ...SETTINGS.replicas, api: { min: 1, max: 1 } } })).toEqual([]);
  });

  test("unsubscribe is refused where no mail is sent", () => {
    expect(findings({ features: { unsubscribe: true } })).toEqual([
      "features.unsubscribe: the page to unsubscribe from mails is open, and no mail is sent. Write smtp, or leave unsubscribe out.",
    ]);
  });

  test.each(["mail", "mail.data.svc.cluster.local", "10.0.0.5", "169.254.169.254", "localhost"])(
    "mail can't go to %s, which the pods don't reach",
    (host) => {
      expect(findings({ smtp: { ...SMTP, host } })).toEqual([
        expect.stringContaining("smtp.host: mail server is not on the internet"),
      ]);
    },
  );
});
