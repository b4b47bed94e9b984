import { Release, type ReleaseConfig } from "@cdktf/provider-helm/lib/release";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { dump } from "js-yaml";
import { escapeTemplates } from "../core/escape";
import type { JsonObject } from "../core/json";
import { RELEASE_NAME_LIMIT } from "../core/names";
import { claimOwnership } from "../core/ownership";
import { addRule } from "../core/rules";
import { chartSource } from "./chart-mirror";
import { type ChartPin, checkImageTags, checkPin } from "./chart-pin";
import type { ClusterTarget } from "./cluster-target";
import { checkValues, type KnownValues } from "./value-paths";
import { type Waiting, waitingArguments } from "./waiting";

export interface PinnedChartProps {
  readonly target: ClusterTarget;
  /** Name of the release, at most 53 characters. */
  readonly release: string;
  readonly namespace: string;
  readonly pin: ChartPin;
  /** Chart values; every path must be one that the chart knows. */
  readonly values: JsonObject;
  /** The value paths of the pinned chart. @default - not checked: a chart of our own */
  readonly known?: KnownValues;
  readonly waiting: Waiting;
  /** What must be there before the release. @default - only the cluster */
  readonly dependsOn?: readonly ITerraformDependable[];
  /** Last word on the underlying `helm_release`. @default - none */
  readonly overrides?: Partial<ReleaseConfig>;
}

/**
 * A Helm release of a pinned chart. Values are rendered as YAML text, so that a plan shows a line diff.
 *
 * @see https://registry.terraform.io/providers/hashicorp/helm/3.1.1/docs/resources/release
 */
export class PinnedChart extends Construct {
  readonly resource: Release;

  constructor(scope: Construct, id: string, props: PinnedChartProps) {
    super(scope, id);
    const { target, pin } = props;
    const source = chartSource(this, pin);
    this.resource = new Release(this, "release", {
      provider: target.helm,
      name: props.release,
      namespace: props.namespace,
      // A chart that stands beside the stacks is a relative path and has no repository.
      repository: source.repository === "" ? undefined : source.repository,
      chart: source.chart,
      version: source.version,
      values: [valuesText(props.values)],
      createNamespace: false,
      maxHistory: 10,
      // A release that was interrupted while it was installed is taken up again instead of refused.
      upgradeInstall: true,
      ...waitingArguments(props.waiting),
      dependsOn: [target.record, ...(props.dependsOn ?? [])],
      ...props.overrides,
    });
    claimOwnership(this, "helm-release", `${target.cluster}/${props.namespace}/${props.release}`);
    addRule(this, () => [
      ...checkPin(pin),
      ...(props.known === undefined
        ? []
        : [...checkValues(props.values, props.known), ...checkImageTags(props.values)]),
      ...checkReleaseName(props.release),
    ]);
  }
}

function checkReleaseName(name: string) {
  if (name.length <= RELEASE_NAME_LIMIT && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) return [];
  return [
    {
      problem: "release name is not valid for Helm",
      value: name,
      fix: `Use at most ${RELEASE_NAME_LIMIT} lower-case letters, digits and hyphens.`,
    },
  ];
}

/** Helm reads YAML 1.1, where a bare `on` or `yes` is a boolean: js-yaml quotes such texts, YAML 1.2 writers do not. */
function valuesText(values: JsonObject): string {
  return escapeTemplates(dump(values, { lineWidth: -1, noRefs: true }));
}
