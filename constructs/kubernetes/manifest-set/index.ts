import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { isJsonObject, type Json, type JsonObject } from "../../core/json";
import { claimOwnership } from "../../core/ownership";
import { addRule, type Finding } from "../../core/rules";
import { isPinnedImage } from "../chart-pin";
import type { ClusterTarget } from "../cluster-target";
import { PinnedChart } from "../pinned-chart";
import type { Waiting } from "../waiting";
import { CHART_PATH, manifestsChart } from "./chart";

/** A typed Kubernetes object: a model of the `kubernetes-models` family, or one generated from a CRD. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Throws when the object does not follow its schema. */
  validate(): void;
  toJSON(): unknown;
}

export interface ManifestSetProps {
  readonly target: ClusterTarget;
  /** Name of the release that carries the objects. */
  readonly release: string;
  readonly namespace: string;
  readonly manifests: readonly ManifestObject[];
  readonly waiting: Waiting;
  /** @default - only the cluster */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * Kubernetes objects applied as one Helm release of the manifests chart. `kubernetes_manifest` is not used: it needs
 * the API server and the CRDs at plan time (hashicorp/terraform-provider-kubernetes#1367).
 */
export class ManifestSet extends Construct {
  readonly chart: PinnedChart;
  /** Cluster that gets the objects, and the namespace of those that name none. */
  readonly cluster: string;
  readonly namespace: string;
  /** The objects as they are applied. */
  readonly objects: readonly JsonObject[];

  constructor(scope: Construct, id: string, props: ManifestSetProps) {
    super(scope, id);
    const objects = props.manifests.map((manifest) => plain(manifest));
    this.cluster = props.target.cluster;
    this.namespace = props.namespace;
    this.objects = objects;
    this.chart = new PinnedChart(this, "chart", {
      target: props.target,
      release: props.release,
      namespace: props.namespace,
      pin: { chart: CHART_PATH, repository: "", version: manifestsChart().version },
      values: { manifests: objects },
      waiting: props.waiting,
      dependsOn: props.dependsOn,
    });
    for (const object of objects) claimOwnership(this, "kubernetes-object", objectKey(object, props));
    addRule(this, () => props.manifests.flatMap((manifest, index) => check(manifest, objects[index] ?? {})));
  }

  /** What later releases depend on. */
  get ready(): ITerraformDependable {
    return this.chart.resource;
  }
}

function plain(manifest: ManifestObject): JsonObject {
  const value: unknown = JSON.parse(JSON.stringify(manifest));
  return isJsonObject(value) ? value : {};
}

function nameOf(object: JsonObject): string {
  const metadata = object.metadata;
  return isJsonObject(metadata) && typeof metadata.name === "string" ? metadata.name : "";
}

function objectKey(object: JsonObject, props: ManifestSetProps): string {
  const metadata = object.metadata;
  const own = isJsonObject(metadata) && typeof metadata.namespace === "string" ? metadata.namespace : props.namespace;
  return `${props.target.cluster}/${own}/${String(object.kind)}/${nameOf(object)}`;
}

function check(manifest: ManifestObject, object: JsonObject): Finding[] {
  const what = `${manifest.kind} ${nameOf(object)}`;
  const findings: Finding[] = [];
  try {
    manifest.validate();
  } catch (error) {
    findings.push({
      problem: `${what} does not follow its schema: ${error instanceof Error ? error.message : String(error)}`,
      fix: "Correct the fields that the message names.",
    });
  }
  if (Token.isUnresolved(JSON.stringify(object))) {
    findings.push({
      problem: `${what} holds a Terraform token`,
      fix: "Manifests take values that are known at synth only; pass a name computed from the configuration.",
    });
  }
  for (const image of images(object)) {
    if (!isPinnedImage(image)) {
      findings.push({ problem: `${what} uses a floating image`, value: image, fix: "Pin a version tag or a digest." });
    }
  }
  return findings;
}

function images(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(images);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    (key === "image" || key === "imageName") && typeof child === "string" ? [child] : images(child),
  );
}
