import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Job } from "kubernetes-models/batch/v1/Job";
import { slug } from "../../core/names";
import { specHash } from "../../data/spec-hash";
import type { ClusterTarget } from "../../kubernetes/cluster-target";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { restrictedContainer, restrictedPod } from "../../kubernetes/restricted-pod";
import { migrationEnvironment } from "./environment";
import { image, type Release } from "./images";
import { PODS } from "./names";
import { NODE_USER } from "./workloads";

/** Where a migration runs, and of which release. */
export interface MigrationProps {
  readonly target: ClusterTarget;
  readonly namespace: string;
  /** Version and digests; the migrations are in the API's image. */
  readonly release: Release;
  /** @default - only the cluster */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Package of the API's image that holds the migrations. */
const PACKAGE = "/app/packages/db";
const CODE = `${PACKAGE}/code-migrations`;
const COPY = "/code-migrations";

const TIMEOUT_SECONDS = 3600;

/**
 * Helm forgets the Job and leaves it alone when the next version comes or the release is taken away. So a Job that failed
 * stands in the way until somebody deletes it, and one that is through is not run again when an older version comes back.
 */
const KEPT = { "helm.sh/resource-policy": "keep" };

/**
 * Brings the schemas of both stores to a version: one Job for each image, before the workloads of that version start.
 * While it runs, and when it fails, the old version goes on serving.
 *
 * It is never tried again by itself: migration 3, run again after it broke off, takes the new tables for old ones and
 * renames them. Who has looked at the cause deletes the Job, and the next deployment creates it again; see
 * `docs/openpanel.md`.
 */
export class Migration extends Construct {
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: MigrationProps) {
    super(scope, id);
    const { chart, ready } = new ManifestSet(this, "manifests", {
      target: props.target,
      release: "openpanel-migration",
      namespace: props.namespace,
      manifests: [migrationJob(props)],
      waiting: {
        until: "jobs",
        timeoutSeconds: TIMEOUT_SECONDS,
        reason: "workloads of a version start on its schemas only; one statement may take an hour",
      },
      dependsOn: props.dependsOn,
    });
    // Taking up a release whose first installation failed, the provider doesn't wait for its Job: the workloads would come.
    chart.resource.upgradeInstall = false;
    this.ready = ready;
  }
}

function migrationJob({ namespace, release }: MigrationProps): Job {
  const spec = jobSpec(release);
  return new Job({
    metadata: { name: `op-migrate-${slug(release.version)}-${specHash(spec)}`, namespace, annotations: KEPT },
    spec,
  });
}

/**
 * No deadline: a migration that is killed halfway is worse than one that is slow. And no time to live: what it said is
 * there until somebody has read it.
 */
function jobSpec(release: Release) {
  return {
    backoffLimit: 0,
    template: {
      metadata: {
        labels: { ...PODS.migration },
        annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
      },
      spec: {
        restartPolicy: "Never" as const,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: restrictedPod(NODE_USER),
        initContainers: [{ ...container("copy", release, `cp -R ${CODE}/. ${COPY}/`), volumeMounts: [writable(COPY)] }],
        containers: [
          {
            ...container("migrate", release, script()),
            env: migrationEnvironment(),
            volumeMounts: [writable(CODE), { name: "tmp", mountPath: "/tmp" }],
          },
        ],
        volumes: [
          { name: "code-migrations", emptyDir: { sizeLimit: "64Mi" } },
          { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
        ],
      },
    },
  };
}

/** Every kind is stated, as for the workloads. */
const RESOURCES = {
  requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "64Mi" },
  limits: { cpu: "1", memory: "1Gi", "ephemeral-storage": "512Mi" },
};

/** Migrations write the statements they ran beside their code, which belongs to root in the image: they run on a copy. */
function writable(mountPath: string) {
  return { name: "code-migrations", mountPath };
}

/**
 * What `pnpm -r run migrate:deploy` comes down to (packages/db/package.json), without pnpm: corepack keeps pnpm in the
 * home of root, so any other user would download it first. Upstream runs the Job as root and has not tried this.
 *
 * The output goes through a filter, because the migrations print both connection URLs with their passwords.
 */
function script(): string {
  return [
    "set -euo pipefail",
    `cd ${PACKAGE}`,
    "{ ./node_modules/.bin/prisma migrate deploy && ./node_modules/.bin/jiti ./code-migrations/migrate.ts; } 2>&1 |",
    "  sed -u -E 's#(://)[^@[:space:]]*@#\\1***@#g'",
  ].join("\n");
}

/** `pipefail` needs bash; the exit code would be the filter's without it. */
function container(name: string, release: Release, command: string) {
  return {
    name,
    image: image("api", release),
    command: ["/bin/bash", "-c", command],
    securityContext: restrictedContainer(),
    resources: RESOURCES,
  };
}
