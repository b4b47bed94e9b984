import type { PodLabels } from "../../kubernetes/tenant-namespace/traffic";

const NAME = "app.kubernetes.io/name";
const PART = "app.kubernetes.io/component";

/** Labels of the servers of every generation. */
export const SERVER_PODS: PodLabels = { [NAME]: "clickhouse", [PART]: "server" };

/** Labels of the pods that make, delete and choose backups. */
export const BACKUP_PODS: PodLabels = { [NAME]: "clickhouse", [PART]: "backup" };
