import type { IConstruct } from "constructs";
import type { Issue } from "../../errors";
import { owned } from "../../ownership";

/** A release into a namespace that this build creates nowhere would fail at apply. */
export function checkNamespaces(root: IConstruct, complete: boolean): Issue[] {
  // A partial build (`--only`) may act on namespaces of stacks that are not in it.
  if (!complete) return [];
  const namespaces = new Set(owned(root, "namespace").map((claim) => claim.key));
  return owned(root, "helm-release")
    .map((claim) => ({ ...claim, namespace: claim.key.split("/").slice(0, 2).join("/") }))
    .filter((claim) => !namespaces.has(claim.namespace))
    .map((claim) => ({
      where: claim.owner,
      problem: `release ${claim.key} goes into a namespace that nothing creates`,
      value: claim.namespace,
      fix: "Create it with TenantNamespace in this stack or a lower one.",
    }));
}
