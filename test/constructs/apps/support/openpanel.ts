import type { Construct } from "constructs";
import type { AppPlacement } from "../../../../constructs/apps/app";
import { OPENPANEL } from "../../../../constructs/apps/openpanel";
import type { OpenPanelFeatures, OpenPanelSettings } from "../../../../constructs/apps/openpanel/settings";
import type { ClusterTarget } from "../../../../constructs/kubernetes/cluster-target";
import { at, list, problemsOf, Rendered } from "../../data/objects";

/** What every test varies. */
export const PLACEMENT: AppPlacement = {
  environment: "staging",
  cluster: "test",
  namespace: "openpanel-staging",
  dataNamespace: "data-staging",
  host: "openpanel-staging.acme.example",
  internalDomain: "acme.example",
  proxied: true,
};
export const SETTINGS: OpenPanelSettings = {
  version: "2.3.0",
  gate: "main",
  replicas: { api: { min: 2, max: 4 }, dashboard: 1, worker: { min: 1, max: 3 } },
};
export const SMTP = { host: "mail.acme.example", port: 587, sender: "analytics@acme.example", user: "analytics" };

/** Every switch. */
export const ALL_FEATURES: OpenPanelFeatures = {
  sharedDashboards: true,
  widgets: true,
  liveVisitors: true,
  unsubscribe: true,
  signIn: ["google", "github"],
  searchConsole: true,
  slack: true,
  machineApis: ["export", "insights", "import", "manage", "mcp"],
};

/** Digests of three images. */
export const DIGESTS = {
  api: `sha256:${"a".repeat(64)}`,
  dashboard: `sha256:${"b".repeat(64)}`,
  worker: `sha256:${"c".repeat(64)}`,
};

type Variation = [settings?: Partial<OpenPanelSettings>, placement?: Partial<AppPlacement>];

const build =
  (...[settings, placement]: Variation) =>
  (scope: Construct, target: ClusterTarget) => {
    OPENPANEL.create(scope, "openpanel", {
      ...PLACEMENT,
      ...placement,
      target,
      settings: { ...SETTINGS, ...settings },
    });
  };

/** What a variation renders. */
export const rendered = (...variation: Variation) => new Rendered(build(...variation), [PLACEMENT.namespace]);

/** The problems with which a variation is refused. */
export const refusals = (settings: Partial<OpenPanelSettings>) => problemsOf(build(settings), [PLACEMENT.namespace]);

/** The Deployment of a workload. */
export const deployment = (name: string, ...variation: Variation) =>
  rendered(...variation).object("openpanel", "Deployment", `op-${name}`);

/** The pod of a workload. */
export const pod = (name: string, ...variation: Variation) => at(deployment(name, ...variation), "spec.template.spec");

/** Variables of a workload and what they are set to; those from secrets to `undefined`. */
export const variables = (name: string, ...variation: Variation) =>
  Object.fromEntries(list(pod(name, ...variation), "containers.0.env").map((each) => [String(each.name), each.value]));

/** Variables of a workload that come from secrets. */
export const secretVariables = (name: string, ...variation: Variation) =>
  list(pod(name, ...variation), "containers.0.env")
    .filter((each) => each.valueFrom !== undefined)
    .map((each) => String(each.name));
