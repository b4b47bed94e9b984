import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ClusterTarget } from "../../kubernetes/cluster-target";
import { ManifestSet } from "../../kubernetes/manifest-set";
import type { PodPlacement } from "../../kubernetes/placement";
import { type ReadinessCheck, readinessJob } from "./job";

export { fromSecret, type ReadinessCheck } from "./job";

export interface ReadinessProps {
  readonly target: ClusterTarget;
  readonly namespace: string;
  /** Name of the store; the release is called after it. */
  readonly store: string;
  /** One check for each consumer. */
  readonly checks: readonly ReadinessCheck[];
  /** Spec of the store: when it changes, the checks run again. */
  readonly subject: unknown;
  /** @default - on nodes without taints */
  readonly placement?: PodPlacement;
  /** Time a store has to come up, pulling images and creating volumes included. @default 900 */
  readonly timeoutSeconds?: number;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Time between the end of the Jobs and the end of Helm's patience, so that a failure is reported as the Job's. */
const MARGIN_SECONDS = 60;

/**
 * Waits until a store serves its consumers. Helm knows nothing of custom resources, so the store's release returns
 * when its objects are submitted; this one returns when every consumer could log in through the service.
 */
export class Readiness extends Construct {
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ReadinessProps) {
    super(scope, id);
    const timeoutSeconds = props.timeoutSeconds ?? 900;
    this.ready = new ManifestSet(this, "manifests", {
      target: props.target,
      release: `${props.store}-ready`,
      namespace: props.namespace,
      manifests: props.checks.map((check) =>
        readinessJob(check, {
          namespace: props.namespace,
          subject: props.subject,
          placement: props.placement,
          deadlineSeconds: timeoutSeconds - MARGIN_SECONDS,
        }),
      ),
      waiting: { until: "jobs", timeoutSeconds, reason: "nothing above starts before the store serves its consumers" },
      dependsOn: props.dependsOn,
    }).ready;
  }
}
