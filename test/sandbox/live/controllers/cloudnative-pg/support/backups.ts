import { SECRETS } from "../../../../../../sandbox/live/controllers/api/core";
import { OBJECT_STORES } from "../../../../../../sandbox/live/controllers/cloudnative-pg/object-stores";
import { SCHEDULED_BACKUPS } from "../../../../../../sandbox/live/controllers/cloudnative-pg/objects";
import { eventually } from "../../support/view";
import { NAMESPACE, OperatorBench } from "./bench";

const PLUGIN = "barman-cloud.cloudnative-pg.io";

/** A cluster that archives its log below that name. */
export function archived(serverName: string) {
  return { plugins: [{ ...plugin(serverName), isWALArchiver: true }] };
}

/** A cluster that starts from the backups of another one. */
export function recovered(recoveryTarget?: { readonly targetTime: string }) {
  return {
    ...archived("pg-2"),
    externalClusters: [{ name: "pg", plugin: plugin("pg") }],
    bootstrap: {
      recovery: { source: "pg", database: "app", owner: "app", ...(recoveryTarget && { recoveryTarget }) },
    },
  };
}

/** The operator, and where it keeps backups. */
export class BackupBench extends OperatorBench {
  /** Makes the object store. */
  store(): void {
    this.api.put(OBJECT_STORES, {
      metadata: { name: "store", namespace: NAMESPACE },
      spec: {
        configuration: {
          destinationPath: "s3://bucket/pg",
          s3Credentials: {
            accessKeyId: { name: "keys", key: "access_key" },
            secretAccessKey: { name: "keys", key: "secret_key" },
          },
        },
        instanceSidecarConfiguration: { resources: { limits: { memory: "1Gi" } } },
      },
    });
  }

  /** Makes the secret with the keys of the object store. */
  keys(): void {
    this.api.put(SECRETS, {
      metadata: { name: "keys", namespace: NAMESPACE },
      data: { access_key: "YQ==", secret_key: "YQ==" },
    });
  }

  /** Asks for backups of a cluster, the first at once. */
  schedule(cluster: string): void {
    this.api.put(SCHEDULED_BACKUPS, {
      metadata: { name: cluster, namespace: NAMESPACE },
      spec: {
        cluster: { name: cluster },
        schedule: "0 30 1 * * *",
        immediate: true,
        method: "plugin",
        pluginConfiguration: { name: PLUGIN },
        backupOwnerReference: "cluster",
      },
    });
  }

  /** Makes the first cluster, with a place for its backups, and waits for the first of them. */
  async backedUp(): Promise<void> {
    this.store();
    this.keys();
    this.make({ ...archived("pg"), instances: 1 });
    this.schedule("pg");
    await this.healthy();
    await eventually(() => expect(this.condition("LastBackupSucceeded")).toMatchObject({ status: "True" }));
  }

  /** What the first cluster says of one thing. */
  condition(type: string) {
    return this.status()?.conditions?.find((one) => one.type === type);
  }
}

function plugin(serverName: string) {
  return { name: PLUGIN, parameters: { barmanObjectName: "store", serverName } };
}
