import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { serviceHost } from "../../core/names";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { generationName, type Recovery } from "../generations";
import { Readiness } from "../readiness";
import type { ClickhouseInstallationProps } from "./index";
import { installation } from "./manifests";
import { check } from "./readiness";
import { RESTORE_SECONDS, restoreJob } from "./restore-job";

export interface ClickhouseGenerationProps extends ClickhouseInstallationProps {
  readonly image: string;
  readonly networks: readonly string[];
  readonly number: number;
  /** The Service of the consumers, on the generation that serves. @default - it doesn't serve */
  readonly consumers?: ITerraformDependable;
  /** What it starts from. @default - empty */
  readonly recover?: Recovery;
}

/** Time to report a Job's failure as the Job's, before Helm's own patience ends. */
const MARGIN_SECONDS = 60;

/** One generation: the server, what it starts from, and whether its users can log in. */
export class ClickhouseGeneration extends Construct {
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ClickhouseGenerationProps) {
    super(scope, id);
    const { target, namespace, image, networks, recover, number } = props;
    const name = generationName(props.name, number);
    const service = `${props.service}-${number}`;
    const manifest = installation(props, { name, service, image, networks, restored: recover !== undefined });
    const objects = new ManifestSet(this, "manifests", {
      target,
      release: name,
      namespace,
      manifests: [manifest],
      waiting: { until: "submitted", reason: "Helm can't tell when the operator is done; the readiness release does" },
      dependsOn: props.dependsOn,
    });
    const filled = this.restore(props, name, serviceHost(service, namespace), objects.ready);
    // The one that serves is asked where its consumers ask.
    const asked = props.consumers === undefined ? service : props.service;
    this.ready = new Readiness(this, "readiness", {
      target,
      namespace,
      store: name,
      checks: props.databases.map((database) => check(props, database, { name, service: asked, image })),
      subject: manifest,
      placement: props.placement,
      dependsOn: [filled, ...(props.consumers === undefined ? [] : [props.consumers])],
    }).ready;
  }

  /** Without backups a rule refuses the recovery. */
  private restore(
    props: ClickhouseGenerationProps,
    name: string,
    server: string,
    after: ITerraformDependable,
  ): ITerraformDependable {
    const { target, namespace, image, recover, backup } = props;
    if (recover === undefined || backup === undefined) return after;
    return new ManifestSet(this, "restore", {
      target,
      release: `${name}-restore`,
      namespace,
      manifests: [restoreJob(props, { backup, image, name, server, recover })],
      waiting: {
        until: "jobs",
        timeoutSeconds: RESTORE_SECONDS + MARGIN_SECONDS,
        reason: "the server is not looked at before it has its data",
      },
      dependsOn: [after],
    }).ready;
  }
}
