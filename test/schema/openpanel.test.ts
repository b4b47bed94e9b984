import type { OpenPanelSettings } from "../../schema/model";
import { load, problemsOf } from "./config";

const openpanel = (text: string) => ({ staging: ["openpanel: {}", `openpanel: {${text}}`] as const });
const settingsOf = (text: string): OpenPanelSettings | undefined =>
  load(openpanel(text)).environments[0]?.apps.openpanel;
const AT = "config/environments/staging.yaml:2 apps.openpanel";
const DIGEST = `"sha256:${"a".repeat(64)}"`;

describe("settings of OpenPanel", () => {
  it("are taken as they are written, variables as texts", () => {
    const settings = settingsOf(
      [
        `digests: {api: ${DIGEST}, dashboard: ${DIGEST}, worker: ${DIGEST}}`,
        "replicas: {api: {min: 2}, dashboard: 2, worker: {max: 9}}",
        "features: {sharedDashboards: true, signIn: [google], machineApis: [export]}",
        "environment: {LOG_LEVEL: debug, EVENT_BUFFER_BATCH_SIZE: 10000, BUFFER_ASYNC_INSERTS: true}",
        "smtp: {host: mail.acme.example, port: 587, sender: op@acme.example, user: op}",
      ].join(", "),
    );
    const digest = DIGEST.replaceAll('"', "");
    expect(settings).toMatchObject({
      digests: { api: digest, dashboard: digest, worker: digest },
      replicas: { api: { min: 2, max: 3 }, dashboard: 2, worker: { min: 1, max: 9 } },
      features: { sharedDashboards: true, signIn: ["google"], machineApis: ["export"] },
      environment: { LOG_LEVEL: "debug", EVENT_BUFFER_BATCH_SIZE: "10000", BUFFER_ASYNC_INSERTS: "true" },
      smtp: { host: "mail.acme.example", port: 587, sender: "op@acme.example", user: "op" },
    });
  });

  it("say nothing of what was not written", () => {
    expect(Object.keys(settingsOf("") ?? {}).sort()).toEqual(["gate", "primary", "replicas", "version"]);
  });

  it.each([
    ["DEMO_USER_ID", "1", "is forbidden: it gives every anonymous visitor a session. Remove it."],
    ["DISABLE_WORKERS", "false", 'is forbidden: any value stops the workers, "false" too. Remove it.'],
    ["MAINTENANCE", '"0"', "is forbidden: it takes the dashboard away. Remove it."],
    ["POLAR_SERVER", "sandbox", "is forbidden: it is for the billing of openpanel.dev. Remove it."],
    ["SELF_HOSTED", "true", "is set by the program. Remove it."],
    ["ALLOW_REGISTRATION", "true", "is set by the program. Remove it, and invite people."],
    ["API_URL", "https://x.example", "is set by the program. Remove it: it follows from the environment's host."],
    ["SMTP_HOST", "mail.acme.example", "is set by the program. Write smtp beside environment."],
    [
      "OPENAI_API_KEY",
      "sk-hunter2",
      "holds a secret and would stand in the configuration. Remove it: secrets come from Vault, with the feature that needs them.",
    ],
  ])("refuse variable %s with file, path and fix, and never its value", (name, value, rest) => {
    expect(problemsOf(openpanel(`environment: {${name}: ${value}}`))).toEqual([
      `${AT}.environment.${name}: variable ${name} ${rest}`,
    ]);
  });

  it("refuse names of variables that are none", () => {
    expect(problemsOf(openpanel("environment: {log-level: debug}"))).toEqual([
      `${AT}.environment.log-level: "log-level" can't be a name here. Write a name of capital letters, digits and _.`,
    ]);
  });

  it.each(["latest", "sha256:abc", "v2"])("refuse the digest %s", (digest) => {
    expect(
      problemsOf(openpanel(`digests: {api: ${JSON.stringify(digest)}, dashboard: ${DIGEST}, worker: ${DIGEST}}`)),
    ).toEqual([
      `${AT}.digests.api: api is not valid (found ${JSON.stringify(digest)}). Write "sha256:" and 64 hexadecimal digits.`,
    ]);
  });

  it("refuse a digest of one image alone", () => {
    expect(problemsOf(openpanel(`digests: {api: ${DIGEST}}`))).toEqual([
      `${AT}.digests.dashboard: dashboard is missing. Write "sha256:" and 64 hexadecimal digits.`,
      `${AT}.digests.worker: worker is missing. Write "sha256:" and 64 hexadecimal digits.`,
    ]);
  });

  it("refuse more pods at least than at most, the profile's bounds included", () => {
    expect(problemsOf(openpanel("replicas: {api: {min: 5, max: 2}}"))).toEqual([
      `${AT}.replicas.api: api has more pods at least than at most (found {"min":5,"max":2}). Write a min of at most 2, or a max of at least 5.`,
    ]);
    expect(problemsOf(openpanel("replicas: {worker: {min: 4}}"))).toEqual([
      `${AT}.replicas.worker: worker has more pods at least than at most (found {"min":4,"max":3}). Write a min of at most 3, or a max of at least 4.`,
    ]);
  });

  it("refuse a fixed number for what follows its load, and say how to write one", () => {
    expect(problemsOf(openpanel("replicas: {api: 3}"))).toEqual([
      `${AT}.replicas.api: api is not valid (found 3). Write a mapping of min and max, such as {min: 2, max: 6}.`,
    ]);
  });

  it.each([
    ["replicas: {api: {min: 0}}", "replicas.api.min: min is not valid (found 0). Write 1 to 20 pods."],
    ["replicas: {dashboard: 21}", "replicas.dashboard: dashboard is not valid (found 21). Write 1 to 20 pods."],
    ["features: {signIn: [gitlab]}", 'features.signIn.0: 0 is not valid (found "gitlab"). Write google or github.'],
    [
      "features: {sharedDashboard: true}",
      'features.sharedDashboard: unknown key "sharedDashboard". Did you mean sharedDashboards?',
    ],
    [
      "smtp: {host: mail.acme.example, port: 0, sender: op@acme.example, user: op}",
      "smtp.port: port is not valid (found 0). Write a port from 1 to 65535.",
    ],
    [
      "smtp: {host: mail.acme.internal, port: 25, sender: op@acme.example, user: op}",
      'smtp.host: mail server is not on the internet, which is all that the pods reach (found "mail.acme.internal"). Name a public host, such as smtp.acme.example.',
    ],
    [
      "features: {machineApis: [mcp]}",
      'features.machineApis: mcp needs a single api, and there may be 3. Leave "mcp" out, or write "replicas: {api: {min: 1, max: 1}}".',
    ],
  ])("refuse %s", (text, problem) => {
    expect(problemsOf(openpanel(text))).toEqual([`${AT}.${problem}`]);
  });

  it("refuse everything that is wrong in one run", () => {
    expect(
      problemsOf(openpanel("replicas: {api: {min: 9}}, environment: {DEMO_USER_ID: a, MAINTENANCE: b}")),
    ).toHaveLength(3);
  });
});
