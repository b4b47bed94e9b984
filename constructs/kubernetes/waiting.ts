/**
 * How long Helm waits for a release, stated for every release with the reason. Helm knows Deployments, StatefulSets,
 * Services, volumes and Jobs; it does not know whether a custom resource is ready, so data stores end in a Job.
 * A release that runs Jobs is never atomic: rolling back over a migration loses data.
 */
export type Waiting =
  /** Until every workload is ready; `atomic` rolls a failed release back. */
  | { readonly until: "workloads"; readonly atomic: boolean; readonly timeoutSeconds: number; readonly reason: string }
  /** Until every workload is ready and every Job has completed. */
  | { readonly until: "jobs"; readonly timeoutSeconds: number; readonly reason: string }
  /** Not at all: what it would wait for depends on the outside (a sealed Vault, an issuer). */
  | { readonly until: "submitted"; readonly reason: string };

/** The release arguments of a way to wait; each of them is always stated. */
export function waitingArguments(waiting: Waiting) {
  return {
    wait: waiting.until !== "submitted",
    waitForJobs: waiting.until === "jobs",
    atomic: waiting.until === "workloads" && waiting.atomic,
    timeout: waiting.until === "submitted" ? 300 : waiting.timeoutSeconds,
  };
}
