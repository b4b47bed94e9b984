/** What the package `@strata/constructs` offers. Inside this repository constructs are imported from their folders. */
export * as cloudflare from "./cloudflare";
export { formatIssues, type Issue, StrataError } from "./core/errors";
export { LayerStack, type LayerStackProps, type StackPosition, type StackRef } from "./core/layer-stack";
export { claimOwnership, type OwnedKind } from "./core/ownership";
export type { Protection } from "./core/protection";
export { addRule, type Finding } from "./core/rules";
export type { StateBackend } from "./core/state-backend";
export { renderProgram, type StackJson } from "./core/synth";
export { writeProgram } from "./core/synth/output";
export { ClusterTarget } from "./kubernetes/cluster-target";
export { type ManifestObject, ManifestSet, type ManifestSetProps } from "./kubernetes/manifest-set";
export { PinnedChart, type PinnedChartProps } from "./kubernetes/pinned-chart";
export { TenantNamespace } from "./kubernetes/tenant-namespace";
export * as vultr from "./vultr";
