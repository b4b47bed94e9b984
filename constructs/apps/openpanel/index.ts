import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Route } from "../../access/route-table";
import type { SignOn } from "../../access/sign-on";
import { addRule } from "../../core/rules";
import { ManifestSet } from "../../kubernetes/manifest-set";
import type { App, AppProps, CatalogueApp } from "../app";
import { Migration } from "./migration";
import { APP, claims } from "./names";
import { openpanelRoutes } from "./routes";
import { settingsFindings } from "./rules";
import { openpanelDeliveries, openpanelSecrets } from "./secrets";
import type { OpenPanelSettings } from "./settings";
import { openpanelTraffic } from "./traffic";
import { ROLLOUT_SECONDS, workloads } from "./workloads";

export { openpanelDeliveries, openpanelSecrets } from "./secrets";
export type { OpenPanelSettings } from "./settings";

/** OpenPanel in the catalogue. */
export const OPENPANEL: CatalogueApp<OpenPanelSettings> = {
  name: APP,
  requiredStores: ["postgresql", "clickhouse", "redis"],
  claims,
  secrets: openpanelSecrets,
  deliveries: openpanelDeliveries,
  traffic: openpanelTraffic,
  create: (scope, id, props) => new OpenPanel(scope, id, props),
};

/**
 * OpenPanel analytics: the migration of its version, then api, dashboard and worker of that same version. There is no
 * official chart, and the community's give the dashboard database passwords and let every api replica migrate.
 *
 * @see https://openpanel.dev/docs/self-hosting/self-hosting
 */
export class OpenPanel extends Construct implements App {
  readonly routes: readonly Route[];
  readonly signOn: SignOn;
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: AppProps<OpenPanelSettings>) {
    super(scope, id);
    const { target, namespace, settings } = props;
    const migration = new Migration(this, "migration", {
      target,
      namespace,
      release: settings,
      dependsOn: props.dependsOn,
    });
    this.ready = new ManifestSet(this, "workloads", {
      target,
      release: APP,
      namespace,
      manifests: workloads(props, settings),
      waiting: {
        until: "workloads",
        // Rolling back the workloads would leave them on schemas of the newer version.
        atomic: false,
        timeoutSeconds: ROLLOUT_SECONDS,
        reason: "routes open when the pods answer",
      },
      dependsOn: [migration.ready],
    }).ready;
    this.routes = openpanelRoutes(settings);
    // It has no single sign-on; its own login comes behind the gate's.
    this.signOn = { kind: "gated", gate: settings.gate };
    addRule(this, () => settingsFindings(settings));
  }
}
