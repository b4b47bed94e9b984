import type { ITerraformDependable } from "cdktf";
import { LayerStack } from "../../constructs/core/layer-stack";
import { dataNamespace, stackId } from "../../constructs/core/names";
import { addRule, type Finding } from "../../constructs/core/rules";
import { declareSecret } from "../../constructs/core/secrets";
import { ClusterTarget } from "../../constructs/kubernetes/cluster-target";
import { SecretDelivery } from "../../constructs/kubernetes/secret-delivery";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { readersOf, VaultProvider, VaultReader } from "../../constructs/vault";
import type { Environment } from "../../schema/model";
import type { ProgramContext } from "../context";
import { publishDocument } from "../environment-document";
import { type PlacedApp, placedApps } from "../placed-apps";
import { storeSecrets, stores, storeTraffic } from "./stores";

/** The stores of an environment, the secrets of its applications, and who may read them. */
export class DataStack extends LayerStack {
  constructor(context: ProgramContext, environment: Environment) {
    const id = stackId.data(environment.name);
    super(context.app, id, context.stackProps(id, { layer: 3 }));
    const cluster = context.cluster(environment.cluster);
    const target = new ClusterTarget(this, cluster.name, context.ref(stackId.cluster(cluster.name)));
    this.after(context.ref(stackId.services(cluster.name)));
    const apps = placedApps(context, environment);
    const readers = this.grantReaders(apps);
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: dataNamespace(environment.name),
      traffic: storeTraffic(environment, apps),
      protection: environment.protection,
    });
    if (apps.length > 0) this.createStores(context, environment, target, apps, [namespace.ready, ...readers]);
    if (!environment.dedicated) publishDocument(this, environment);
    addRule(this, () => apps.flatMap((app) => missingStores(environment, app)));
  }

  /** The stores with their secrets. Without an application nobody could read a secret, and nothing would use a store. */
  private createStores(
    context: ProgramContext,
    environment: Environment,
    target: ClusterTarget,
    apps: readonly PlacedApp[],
    dependsOn: readonly ITerraformDependable[],
  ): void {
    const cluster = context.cluster(environment.cluster);
    const namespace = dataNamespace(environment.name);
    const secrets = new SecretDelivery(this, "secrets", {
      target,
      namespace,
      vault: context.vaultAddress(cluster),
      secrets: storeSecrets(environment, apps),
      // A store whose role is not there yet is looked at again after minutes.
      dependsOn,
    });
    const { protection } = environment;
    stores(this, environment, cluster, apps, { target, namespace, protection, dependsOn: [secrets.ready] });
  }

  /** Declares what the applications need to be secret, and lets each reader read its own paths and nothing else. */
  private grantReaders(apps: readonly PlacedApp[]): ITerraformDependable[] {
    const provider = new VaultProvider(this, "vault", {});
    const secrets = apps.flatMap(({ app, placement, settings }) => app.secrets(placement, settings));
    for (const secret of secrets) declareSecret(this, secret);
    return readersOf(secrets).map(
      ({ reader, paths }) => new VaultReader(this, `reader-${reader.namespace}`, { provider, reader, paths }).ready,
    );
  }
}

function missingStores(environment: Environment, { app }: PlacedApp): Finding[] {
  return app.requiredStores
    .filter((store) => environment.data[store] === false)
    .map((store) => ({
      problem: `${app.name} needs ${store}, which environment ${environment.name} has switched off`,
      fix: `Remove \`data.${store}: false\`, or the application.`,
    }));
}
