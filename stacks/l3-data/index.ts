import type { ITerraformDependable } from "cdktf";
import { LayerStack } from "../../constructs/core/layer-stack";
import { dataNamespace, stackId } from "../../constructs/core/names";
import { addRule, type Finding } from "../../constructs/core/rules";
import { declareSecret, type SecretDeclaration } from "../../constructs/core/secrets";
import { CLICKHOUSE_BACKUP_KEYS } from "../../constructs/data/backup-secret";
import type { BackupTarget } from "../../constructs/data/backup-target";
import { ClusterTarget } from "../../constructs/kubernetes/cluster-target";
import { SecretDelivery, secretReader } from "../../constructs/kubernetes/secret-delivery";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { EnvironmentPeople, readersOf, VaultProvider, VaultReader } from "../../constructs/vault";
import type { Environment } from "../../schema/model";
import { type Backups, backupKeys, backupTarget, environmentBackups } from "../backups";
import type { ProgramContext } from "../context";
import { publishDocument } from "../environment-document";
import { identityProvider } from "../identity";
import { peopleSignOn } from "../l2-platform/people";
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
    const backups = apps.length === 0 ? undefined : environmentBackups(context.platform, environment);
    // A store archives as soon as it runs, so its bucket comes first.
    if (backups !== undefined) this.after(context.ref(stackId.backups(environment.name)));
    const readers = this.grantReaders(context, environment, apps, backups);
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: dataNamespace(environment.name),
      traffic: storeTraffic(environment, apps, backups !== undefined),
      protection: environment.protection,
    });
    if (apps.length > 0) {
      const backup = backups && backupTarget(context.platform.organisation, backups);
      this.createStores(context, environment, { target, apps, backup, dependsOn: [namespace.ready, ...readers] });
    }
    if (!environment.dedicated) publishDocument(this, environment);
    addRule(this, () => apps.flatMap((app) => missingStores(environment, app)));
  }

  /** The stores with their secrets. Without an application nobody could read a secret, and nothing would use a store. */
  private createStores(
    context: ProgramContext,
    environment: Environment,
    { target, apps, backup, dependsOn }: StoresInPlace,
  ): void {
    const cluster = context.cluster(environment.cluster);
    const namespace = dataNamespace(environment.name);
    const secrets = new SecretDelivery(this, "secrets", {
      target,
      namespace,
      vault: context.vaultAddress(cluster),
      secrets: storeSecrets(environment, apps, backup),
      // A store whose role is not there yet is looked at again after minutes.
      dependsOn,
    });
    const { protection } = environment;
    stores(this, environment, cluster, apps, { target, namespace, protection, backup, dependsOn: [secrets.ready] });
  }

  /** Declares what the environment needs to be secret, and lets each reader read its own paths and nothing else. */
  private grantReaders(
    context: ProgramContext,
    environment: Environment,
    apps: readonly PlacedApp[],
    backups: Backups | undefined,
  ): ITerraformDependable[] {
    const provider = new VaultProvider(this, "vault");
    const ofApps = apps.flatMap(({ app, placement, settings }) => app.secrets(placement, settings));
    const kept = backups === undefined ? [] : [storeBackupKeys(environment, backups)];
    const secrets = [...ofApps, ...kept];
    for (const secret of secrets) declareSecret(this, secret);
    if (peopleSignOn(context)) {
      new EnvironmentPeople(this, "people", {
        provider,
        identity: identityProvider(context.platform),
        environment: environment.name,
        access: environment.access,
        secrets: ofApps,
        kept,
      });
    }
    return readersOf(secrets).map(
      ({ reader, paths }) => new VaultReader(this, `reader-${reader.namespace}`, { provider, reader, paths }).ready,
    );
  }
}

/** What the stores stand on. */
interface StoresInPlace {
  readonly target: ClusterTarget;
  readonly apps: readonly PlacedApp[];
  readonly backup: BackupTarget | undefined;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The key pair of the environment's bucket: its stores alone read it. */
function storeBackupKeys({ name, cluster, data }: Environment, backups: Backups): SecretDeclaration {
  const declaration = backupKeys(backups, [secretReader(cluster, dataNamespace(name))]);
  if (data.clickhouse === false) return declaration;
  return { ...declaration, keys: { ...declaration.keys, ...CLICKHOUSE_BACKUP_KEYS } };
}

function missingStores(environment: Environment, { app }: PlacedApp): Finding[] {
  return app.requiredStores
    .filter((store) => environment.data[store] === false)
    .map((store) => ({
      problem: `${app.name} needs ${store}, which environment ${environment.name} has switched off`,
      fix: `Remove \`data.${store}: false\`, or the application.`,
    }));
}
