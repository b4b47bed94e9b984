import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import { restrictedContainer, restrictedPod } from "../../kubernetes/restricted-pod";
import { CLICKHOUSE_PASSWORD } from "../backup-secret";
import type { BackupTarget } from "../backup-target";
import { RCLONE_IMAGE } from "../rclone";
import { fromSecret } from "../readiness";
import { BACKUP_USER, folderVariables } from "./backup-store";
import type { ClickhouseInstallationProps } from "./index";
import { BACKUP_PODS } from "./labels";
import { CLICKHOUSE_USER } from "./manifests";
import { WORK } from "./scripts";

/** One step of a Job: a script in a container. */
export interface Step {
  readonly name: string;
  readonly image: string;
  readonly script: string;
  readonly env: readonly IEnvVar[];
  /** Most memory that it needs. */
  readonly memory: string;
}

/** A step with the object store as rclone's remote `store`, below the store's own folder `$ROOT`. */
export function storeStep(
  name: string,
  script: string,
  { backup, folder }: { readonly backup: BackupTarget; readonly folder: string },
  env: Readonly<Record<string, string>>,
): Step {
  return {
    name,
    image: RCLONE_IMAGE,
    script,
    env: [...folderVariables(backup, folder), ...variables(env)],
    memory: "256Mi",
  };
}

/** A step that talks to a server as the user of backups. */
export function serverStep(
  name: string,
  script: string,
  { backup, image }: { readonly backup: BackupTarget; readonly image: string },
  env: Readonly<Record<string, string>>,
): Step {
  return {
    name,
    image,
    script,
    env: [
      // The client reads both by itself: neither is an argument.
      { name: "CLICKHOUSE_USER", value: BACKUP_USER },
      fromSecret("CLICKHOUSE_PASSWORD", backup.secret.name, CLICKHOUSE_PASSWORD.password),
      ...variables(env),
    ],
    memory: "512Mi",
  };
}

function variables(env: Readonly<Record<string, string>>): IEnvVar[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

/** A pod that takes steps one after the other; the first that fails ends it. */
export function backupPod(first: Step, last: Step, { placement }: Pick<ClickhouseInstallationProps, "placement">) {
  return {
    metadata: { labels: { ...BACKUP_PODS } },
    spec: {
      restartPolicy: "Never" as const,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod(CLICKHOUSE_USER),
      ...placement,
      initContainers: [container(first)],
      containers: [container(last)],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
        { name: "work", emptyDir: { sizeLimit: "16Mi" } },
      ],
    },
  };
}

function container({ name, image, script, env, memory }: Step) {
  return {
    name,
    image,
    command: ["/bin/sh", "-c", script],
    env: [...env],
    securityContext: restrictedContainer(),
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory } },
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      { name: "work", mountPath: WORK },
    ],
  };
}
