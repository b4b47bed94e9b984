import { APPS } from "../constructs/apps";
import { type AppPlacement, type CatalogueApp, STORE_SERVICES } from "../constructs/apps/app";
import { appHost, appNamespace, dataNamespace, serviceHost } from "../constructs/core/names";
import { poolerService } from "../constructs/data/postgresql";
import { APP_NAMES, type Environment, type OpenPanelSettings } from "../schema/model";
import type { ProgramContext } from "./context";

/** An application of an environment: what it is, where it stands, and how it is set. */
export interface PlacedApp {
  readonly app: CatalogueApp<OpenPanelSettings>;
  readonly placement: AppPlacement;
  readonly settings: OpenPanelSettings;
}

/** The applications of an environment, in the order of the catalogue. */
export function placedApps(context: ProgramContext, environment: Environment): PlacedApp[] {
  return APP_NAMES.flatMap((name) => {
    const settings = environment.apps[name];
    if (settings === undefined) return [];
    const placement: AppPlacement = {
      environment: environment.name,
      cluster: environment.cluster,
      namespace: appNamespace(name, environment.name),
      dataNamespace: dataNamespace(environment.name),
      ...poolerOf(environment),
      host: appHost(name, environment.name, environment.hosts, settings.primary),
      internalDomain: context.platform.domains.internal,
      proxied: environment.hosts.mode === "proxied",
    };
    return [{ app: APPS[name], placement, settings }];
  });
}

function poolerOf({ name, data: { postgresql } }: Environment): Pick<AppPlacement, "poolerHost"> {
  if (postgresql === false || postgresql.poolers === 0) return {};
  return { poolerHost: serviceHost(poolerService({ service: STORE_SERVICES.postgresql }), dataNamespace(name)) };
}
