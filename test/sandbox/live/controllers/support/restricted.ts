import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";

/** What Pod Security level `restricted` would find in a pod; nothing in one that it admits. */
export function restrictedFindings(pod: IPodSpec): string[] {
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  return [
    ...[pod.hostNetwork, pod.hostPID, pod.hostIPC].flatMap((host) => (host ? ["uses the host's namespaces"] : [])),
    ...(pod.volumes ?? []).flatMap(({ hostPath, name }) => (hostPath ? [`volume ${name} is of the host`] : [])),
    ...containers.flatMap((container) => findings(container, pod).map((finding) => `${container.name} ${finding}`)),
  ];
}

function findings({ securityContext: own }: IContainer, { securityContext: shared }: IPodSpec): string[] {
  const seccomp = own?.seccompProfile?.type ?? shared?.seccompProfile?.type;
  const checks: readonly (readonly [boolean, string])[] = [
    [own?.allowPrivilegeEscalation === false, "may escalate privileges"],
    [own?.capabilities?.drop?.includes("ALL") ?? false, "keeps capabilities"],
    [(own?.capabilities?.add ?? []).every((one) => one === "NET_BIND_SERVICE"), "adds capabilities"],
    [(own?.runAsNonRoot ?? shared?.runAsNonRoot) === true, "may run as root"],
    [(own?.runAsUser ?? shared?.runAsUser) !== 0, "runs as root"],
    [seccomp === "RuntimeDefault" || seccomp === "Localhost", "has no seccomp profile"],
    [own?.privileged !== true, "is privileged"],
  ];
  return checks.filter(([fine]) => !fine).map(([, what]) => what);
}
