import type { IConstruct } from "constructs";

/**
 * What happens to data when its declaration goes away.
 *
 * `retain` sets `prevent_destroy` on stateful Terraform resources and `helm.sh/resource-policy: keep` on data
 * custom resources; `delete` sets neither.
 */
export type Protection = "retain" | "delete";

/** Context key of a stack whose destruction was asked for by name (`STRATA_ALLOW_DESTROY`). */
export const ALLOW_DESTROY = "strata:allow-destroy";

/**
 * The `lifecycle.prevent_destroy` of a stateful resource: set when it is retained, unless its stack was named for
 * destruction in this synth. Nothing else of the output may depend on that.
 */
export function preventDestroy(scope: IConstruct, protection: Protection): true | undefined {
  return protection === "retain" && scope.node.tryGetContext(ALLOW_DESTROY) !== true ? true : undefined;
}

/** Annotation that makes Helm leave a data object in place when its release goes. */
export function keepAnnotation(protection: Protection): Record<string, string> {
  return protection === "retain" ? { "helm.sh/resource-policy": "keep" } : {};
}
