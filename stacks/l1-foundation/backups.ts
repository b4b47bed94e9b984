import { LayerStack } from "../../constructs/core/layer-stack";
import { stackId } from "../../constructs/core/names";
import type { Protection } from "../../constructs/core/protection";
import { BackupStorage, VultrProvider } from "../../constructs/vultr";
import type { BackupStore } from "../../schema/model";
import type { ProgramContext } from "../context";
import { backupCost } from "../cost";

/** Whose backups a stack keeps. */
export interface BackupSubject {
  /** An environment, or the central cluster. */
  readonly name: string;
  readonly protection: Protection;
}

/**
 * Where the backups of one environment, or of the central cluster, go. It stands apart from the cluster, whose state it
 * must outlive, and publishes the keys to the sync alone: no other stack reads its outputs, for a copy of them all would
 * stand in that stack's state.
 */
export class BackupsStack extends LayerStack {
  constructor(context: ProgramContext, subject: BackupSubject, store: Extract<BackupStore, { type: "vultr" }>) {
    const id = stackId.backups(subject.name);
    super(context.app, id, context.stackProps(id, { layer: 1 }));
    new VultrProvider(this, "vultr");
    const storage = new BackupStorage(this, "backups", {
      organisation: context.platform.organisation,
      subject: subject.name,
      storageCluster: store.storageCluster,
      hostname: store.hostname,
      tier: store.tier,
      protection: subject.protection,
    });
    this.publish("s3_hostname", storage.hostname);
    this.publish("access_key", storage.accessKey, { sensitive: true });
    this.publish("secret_key", storage.secretKey, { sensitive: true });
    context.costs.push({ ...backupCost(), stack: id });
  }
}
