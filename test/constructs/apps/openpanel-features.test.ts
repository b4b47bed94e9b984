import { OPENPANEL } from "../../../constructs/apps/openpanel";
import type { OpenPanelFeatures, OpenPanelSettings } from "../../../constructs/apps/openpanel/settings";
import { at } from "../data/objects";
import { ALL_FEATURES, deployment, PLACEMENT, SETTINGS, SMTP, secretVariables, variables } from "./support/openpanel";

const NAME = "app.kubernetes.io/name";
const STORES = { to: "namespace", namespace: "data-staging", ports: [5432, 6379, 8123] };
const BASE = [
  { from: "namespace", namespace: "traefik", ports: [3000], pods: { "app.kubernetes.io/component": "web" } },
  { within: "namespace", pods: { "app.kubernetes.io/component": "web" } },
  ...["op-api", "op-worker", "op-migrate"].map((name) => ({ ...STORES, pods: { [NAME]: name } })),
];
const trafficWith = (settings: Partial<OpenPanelSettings>) =>
  OPENPANEL.traffic(PLACEMENT, { ...SETTINGS, ...settings });
const internet = (settings: Partial<OpenPanelSettings>) =>
  trafficWith(settings).flatMap((line) =>
    "to" in line && line.to === "internet" ? [[line.pods?.[NAME], line.ports[0], line.why]] : [],
  );
const runtimeKeys = (features: OpenPanelFeatures) => {
  const [, runtime] = OPENPANEL.secrets(PLACEMENT, { ...SETTINGS, features });
  const closed = new Set(["cookie_secret", "encryption_key"]);
  return Object.entries(runtime?.keys ?? {})
    .filter(([key]) => !closed.has(key))
    .map(([key, { kind }]) => `${key} ${kind}`);
};

describe("traffic", () => {
  test("reaches the stores and nothing outside, and only Traefik reaches what it serves", () => {
    expect(trafficWith({})).toEqual(BASE);
  });

  test("names pods by the labels they have: the worker takes no requests, the dashboard reaches no store", () => {
    const labels = (name: string) => at(deployment(name), "spec.template.metadata.labels");
    for (const name of ["api", "dashboard"]) {
      expect(labels(name)).toMatchObject({ [NAME]: `op-${name}`, "app.kubernetes.io/component": "web" });
    }
    expect(labels("worker")).toEqual({ [NAME]: "op-worker", "app.kubernetes.io/part-of": "openpanel" });
  });

  test("reaches the mail server's port from what sends mail", () => {
    const why = "invitations and password resets by mail";
    expect(internet({ smtp: SMTP })).toEqual([
      ["op-api", 587, why],
      ["op-worker", 587, why],
    ]);
  });

  test.each<[OpenPanelFeatures, readonly (readonly [string, string])[]]>([
    [{ signIn: ["google"] }, [["op-api", "login with a Google account"]]],
    [{ signIn: ["github"] }, [["op-api", "login with a GitHub account"]]],
    [
      { searchConsole: true },
      [
        ["op-api", "data of Google's Search Console"],
        ["op-worker", "data of Google's Search Console"],
      ],
    ],
    [
      { slack: true },
      [
        ["op-api", "notifications in Slack"],
        ["op-worker", "notifications in Slack"],
      ],
    ],
    [{ sharedDashboards: true, widgets: true, liveVisitors: true, unsubscribe: true, machineApis: ["export"] }, []],
  ])("of %j goes out from its own pods only", (features, lines) => {
    expect(internet({ features })).toEqual(lines.map(([pod, why]) => [pod, 443, why]));
  });

  test("of several features on one port is one line with all reasons", () => {
    const lines = internet({ features: ALL_FEATURES, smtp: { ...SMTP, port: 465 } });
    expect(lines.map(([pod, port]) => `${pod}:${port}`)).toEqual([
      "op-api:465",
      "op-api:443",
      "op-worker:465",
      "op-worker:443",
    ]);
    expect(lines[1]?.[2]).toBe(
      "login with a Google account, login with a GitHub account, data of Google's Search Console, notifications in Slack",
    );
  });

  test("never goes out from the dashboard, which may be made to fetch nothing", () => {
    expect(JSON.stringify(trafficWith({ features: ALL_FEATURES, smtp: SMTP }))).not.toContain("op-dashboard");
  });
});

describe("secrets", () => {
  test.each<[OpenPanelFeatures, readonly string[]]>([
    [{}, []],
    [{ sharedDashboards: true, widgets: true, liveVisitors: true, machineApis: ["export"] }, []],
    [{ unsubscribe: true }, ["unsubscribe_secret generated"]],
    [{ signIn: ["google"] }, ["google_client_id supplied", "google_client_secret supplied"]],
    [{ signIn: ["github"] }, ["github_client_id supplied", "github_client_secret supplied"]],
    [{ searchConsole: true }, ["google_client_id supplied", "google_client_secret supplied"]],
    [{ signIn: ["google"], searchConsole: true }, ["google_client_id supplied", "google_client_secret supplied"]],
    [{ slack: true }, ["slack_client_id supplied", "slack_client_secret supplied", "slack_state_secret generated"]],
  ])("of %j are asked for, and no others", (features, keys) => {
    expect(runtimeKeys(features)).toEqual(keys);
  });

  test("are delivered under the names of their variables", () => {
    const settings = { ...SETTINGS, features: ALL_FEATURES, smtp: SMTP };
    const runtime = OPENPANEL.deliveries(PLACEMENT, settings).find(({ name }) => name === "openpanel-runtime");
    expect(runtime?.template).toEqual({
      COOKIE_SECRET: "{{ .cookie_secret }}",
      ENCRYPTION_KEY: "{{ .encryption_key }}",
      SMTP_PASS: "{{ .smtp_password }}",
      UNSUBSCRIBE_SECRET: "{{ .unsubscribe_secret }}",
      GOOGLE_CLIENT_ID: "{{ .google_client_id }}",
      GOOGLE_CLIENT_SECRET: "{{ .google_client_secret }}",
      GITHUB_CLIENT_ID: "{{ .github_client_id }}",
      GITHUB_CLIENT_SECRET: "{{ .github_client_secret }}",
      SLACK_CLIENT_ID: "{{ .slack_client_id }}",
      SLACK_CLIENT_SECRET: "{{ .slack_client_secret }}",
      SLACK_STATE_SECRET: "{{ .slack_state_secret }}",
    });
    const keys = OPENPANEL.secrets(PLACEMENT, settings).flatMap((secret) => Object.keys(secret.keys));
    for (const text of Object.values(runtime?.template ?? {})) {
      expect(keys).toContain(/\.(\w+) /.exec(text)?.[1]);
    }
  });

  test("reach only the workloads that read them, and never the dashboard", () => {
    const settings = { features: { ...ALL_FEATURES, machineApis: [] }, smtp: SMTP };
    const read = (name: string) => secretVariables(name, settings).slice(6);
    expect(read("api")).toEqual([
      "SMTP_PASS",
      "UNSUBSCRIBE_SECRET",
      "GOOGLE_CLIENT_ID",
      "GOOGLE_CLIENT_SECRET",
      "GITHUB_CLIENT_ID",
      "GITHUB_CLIENT_SECRET",
      "SLACK_CLIENT_ID",
      "SLACK_CLIENT_SECRET",
      "SLACK_STATE_SECRET",
    ]);
    expect(read("worker")).toEqual(["SMTP_PASS", "UNSUBSCRIBE_SECRET", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"]);
    expect(secretVariables("dashboard", settings)).toEqual([]);
    expect(Object.keys(variables("dashboard", settings))).toHaveLength(5);
  });
});

test("a feature that is off leaves no variable behind", () => {
  const names = (features: OpenPanelFeatures) => Object.keys(variables("api", { features })).join();
  expect(names({})).not.toMatch(/GOOGLE|GITHUB|SLACK|GSC|UNSUBSCRIBE|SMTP/);
  expect(names({ slack: true })).toMatch(/SLACK_OAUTH_REDIRECT_URL/);
});
