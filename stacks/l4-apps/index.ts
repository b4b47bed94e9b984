import { CloudflareProvider } from "../../constructs/cloudflare";
import { portalGates } from "../../constructs/components/oauth2-proxy";
import { LayerStack } from "../../constructs/core/layer-stack";
import { slug, stackId } from "../../constructs/core/names";
import { ClusterTarget } from "../../constructs/kubernetes/cluster-target";
import { SecretDelivery } from "../../constructs/kubernetes/secret-delivery";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import type { Environment } from "../../schema/model";
import type { ProgramContext } from "../context";
import { type ExposedHost, entryPointAddress, exposeHost } from "../exposed-host";
import { identityProvider } from "../identity";
import { type PlacedApp, placedApps } from "../placed-apps";

/** The applications of an environment with their routes, certificates and DNS records. */
export class AppsStack extends LayerStack {
  constructor(context: ProgramContext, environment: Environment) {
    const id = stackId.apps("apps", environment.name);
    super(context.app, id, context.stackProps(id, { layer: 4 }));
    const target = new ClusterTarget(this, environment.cluster, context.ref(stackId.cluster(environment.cluster)));
    this.after(context.ref(stackId.data(environment.name)));
    new CloudflareProvider(this, "cloudflare");
    const apps = placedApps(context, environment);
    for (const app of apps) this.deploy(context, environment, target, app, recordOf(environment, apps, app));
  }

  private deploy(
    context: ProgramContext,
    environment: Environment,
    target: ClusterTarget,
    { app, placement, settings }: PlacedApp,
    record: ExposedHost["record"],
  ): void {
    const cluster = context.cluster(environment.cluster);
    const namespace = new TenantNamespace(this, `${app.name}-namespace`, {
      target,
      name: placement.namespace,
      traffic: app.traffic(placement, settings),
    });
    const secrets = new SecretDelivery(this, `${app.name}-secrets`, {
      target,
      namespace: namespace.name,
      vault: context.vaultAddress(cluster),
      secrets: app.deliveries(placement, settings),
      dependsOn: [namespace.ready],
    });
    const running = app.create(this, app.name, { ...placement, target, settings, dependsOn: [secrets.ready] });
    const { entryPoint } = environment.hosts;
    exposeHost(
      this,
      context,
      {
        target,
        namespace: placement.namespace,
        name: `${app.name}-routes`,
        host: placement.host,
        entryPoint,
        routes: running.routes,
        signOn: running.signOn,
        environment: environment.name,
        gates: portalGates(cluster.name, Object.keys(cluster.gates), identityProvider(context.platform)),
        record,
        dependsOn: [running.ready],
      },
      entryPointAddress(this, context, cluster.name, entryPoint),
    );
  }
}

/** Hosts below the environment's own label share one wildcard record, which the first of them brings. */
function recordOf({ name, hosts }: Environment, apps: readonly PlacedApp[], app: PlacedApp): ExposedHost["record"] {
  const below = apps.filter(({ settings }) => hosts.style === "nested" && !settings.primary);
  if (!below.includes(app)) return undefined;
  return app === below[0] ? { name: `*.${slug(name)}.${hosts.zone}` } : "shared";
}
