import { Job } from "kubernetes-models/batch/v1/Job";
import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import type { IVolume } from "kubernetes-models/v1/Volume";
import type { IVolumeMount } from "kubernetes-models/v1/VolumeMount";
import type { PodPlacement } from "../../kubernetes/placement";
import { restrictedContainer, restrictedPod } from "../../kubernetes/restricted-pod";
import { specHash } from "../spec-hash";

/** One question to a store, asked as its consumer would. */
export interface ReadinessCheck {
  /** Short name of what is checked; the Job's name starts with it. */
  readonly name: string;
  readonly image: string;
  /** User id that the image runs as. */
  readonly user: number;
  /** Shell commands that succeed when the store is ready; they are repeated until then. */
  readonly script: readonly string[];
  readonly env: readonly IEnvVar[];
  /** @default - none */
  readonly volumes?: readonly IVolume[];
  /** @default - none */
  readonly mounts?: readonly IVolumeMount[];
}

const PAUSE_SECONDS = 5;

/**
 * A Job that ends when the check succeeds. Its name carries the hash of the check and of what is checked, so another
 * spec is checked anew. It has no time to live: once gone, Helm would create and run it again.
 */
export function readinessJob(
  check: ReadinessCheck,
  options: {
    readonly namespace: string;
    readonly subject: unknown;
    readonly placement?: PodPlacement;
    readonly deadlineSeconds: number;
  },
): Job {
  const template = podTemplate(check, options.placement);
  return new Job({
    metadata: {
      name: `${check.name}-ready-${specHash([options.subject, template])}`,
      namespace: options.namespace,
      annotations: HOOK,
    },
    spec: {
      // The script waits by itself; a new pod is for a node that goes away.
      backoffLimit: 2,
      activeDeadlineSeconds: options.deadlineSeconds,
      template,
    },
  });
}

/**
 * A Job that failed stays failed: as an ordinary object of the release it would fail every later deployment as well,
 * although the store is well by then. As a hook it is made anew by each; one that failed is kept until then, to be read.
 *
 * @see https://helm.sh/docs/topics/charts_hooks/
 */
const HOOK = {
  "helm.sh/hook": "post-install,post-upgrade",
  "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
};

function podTemplate(check: ReadinessCheck, placement: PodPlacement | undefined) {
  return {
    metadata: { labels: { "app.kubernetes.io/name": `${check.name}-ready` } },
    spec: {
      restartPolicy: "Never" as const,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod(check.user),
      ...placement,
      containers: [
        {
          name: "check",
          image: check.image,
          command: ["/bin/sh", "-c", waitingScript(check.script)],
          env: [...check.env],
          securityContext: restrictedContainer(),
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...(check.mounts ?? [])],
        },
      ],
      volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }, ...(check.volumes ?? [])],
    },
  };
}

/** `set -e` has no effect inside a condition, so the commands are joined by `&&`. */
function waitingScript(commands: readonly string[]): string {
  return [
    "attempt() {",
    `  ${commands.join(" &&\n  ")}`,
    "}",
    `until attempt; do echo "not ready yet"; sleep ${PAUSE_SECONDS}; done`,
    "echo ready",
  ].join("\n");
}

/** A variable whose value stands in a Kubernetes secret. */
export function fromSecret(name: string, secret: string, key: string): IEnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}
