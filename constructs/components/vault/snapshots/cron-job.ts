import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import { serviceHost, vaultNames } from "../../../core/names";
import { RCLONE_IMAGE, rcloneVariables } from "../../../data/rclone";
import { restrictedContainer, restrictedPod } from "../../../kubernetes/restricted-pod";
import { TLS_SECRET } from "../certificate";
import { LEADER_SERVICE, SNAPSHOT_PODS, snapshotAccount, VAULT_PORT } from "../names";
import { IMAGE, VAULT_USER } from "../server";
import type { VaultSnapshotsProps } from "./index";
import { TOKEN_FOLDER, takeScript, uploadScript, WORK } from "./scripts";

const CA_FOLDER = "/vault/ca";
/** Seconds that a run may take, waiting for images and a node included. */
const DEADLINE = 1800;
/** Seconds that a run may start late, after the control plane was away. */
const LATE = 3600;

/**
 * One snapshot at each time of the schedule. A run that fails is tried twice more; a Job that failed stays, with its
 * reason in the status of its pods, and metrics of Jobs tell it.
 */
export function cronJob(props: VaultSnapshotsProps): CronJob {
  const { namespace, backup } = props;
  return new CronJob({
    metadata: { name: "vault-snapshots", namespace },
    spec: {
      schedule: backup.schedule,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: LATE,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: { backoffLimit: 2, activeDeadlineSeconds: DEADLINE, template: podTemplate(props) },
      },
    },
  });
}

function podTemplate(props: VaultSnapshotsProps) {
  const { target, size, placement } = props;
  return {
    metadata: { labels: { ...SNAPSHOT_PODS } },
    spec: {
      restartPolicy: "Never" as const,
      serviceAccountName: snapshotAccount(target.cluster).serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod(VAULT_USER),
      ...placement,
      initContainers: [take(props)],
      containers: [upload(props)],
      volumes: [
        { name: "work", emptyDir: { sizeLimit: size } },
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
        { name: "ca", secret: { secretName: TLS_SECRET, items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { name: "token", projected: { sources: [{ serviceAccountToken: TOKEN }] } },
      ],
    },
  };
}

/** Good for one run, and mounted into the container that logs in only. */
const TOKEN = { path: "token", audience: vaultNames.apiAudience, expirationSeconds: 600 };

/** What both containers have in common. */
const CONTAINER = {
  securityContext: restrictedContainer(),
  resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  // The reason of a failure stands in the status of the pod.
  terminationMessagePolicy: "FallbackToLogsOnError" as const,
};

const MOUNTS = [
  { name: "work", mountPath: WORK },
  { name: "tmp", mountPath: "/tmp" },
];

function take({ target, namespace }: VaultSnapshotsProps) {
  return {
    ...CONTAINER,
    name: "take",
    image: `${IMAGE.repository}:${IMAGE.tag}`,
    command: ["/bin/sh", "-ec", takeScript(target.cluster)],
    env: [
      { name: "HOME", value: "/tmp" },
      // A snapshot is the leader's work.
      { name: "VAULT_ADDR", value: `https://${serviceHost(LEADER_SERVICE, namespace)}:${VAULT_PORT}` },
      { name: "VAULT_CACERT", value: `${CA_FOLDER}/ca.crt` },
      { name: "VAULT_CLIENT_TIMEOUT", value: "10m" },
    ],
    volumeMounts: [
      ...MOUNTS,
      { name: "ca", mountPath: CA_FOLDER, readOnly: true },
      { name: "token", mountPath: TOKEN_FOLDER, readOnly: true },
    ],
  };
}

function upload({ backup }: VaultSnapshotsProps) {
  return {
    ...CONTAINER,
    name: "upload",
    image: RCLONE_IMAGE,
    command: ["/bin/sh", "-ec", uploadScript(backup.retentionDays)],
    env: [
      { name: "HOME", value: "/tmp" },
      ...rcloneVariables(backup),
      // When the store got a file, which takes no question for each.
      { name: "RCLONE_USE_SERVER_MODTIME", value: "true" },
      { name: "BUCKET", value: backup.bucket },
    ],
    volumeMounts: MOUNTS,
  };
}
