import type { JsonObject } from "../../../constructs/core/json";
import { at, list, texts } from "../../helpers/releases";

const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/**
 * What Pod Security level `restricted` would refuse of a pod, and what we ask for beyond it: a root file system that
 * nobody writes to, and resources.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podFindings(spec: JsonObject): string[] {
  const shared = ["hostNetwork", "hostPID", "hostIPC"].filter((field) => spec[field] === true);
  const volumes = list(spec.volumes)
    .filter((volume) => !VOLUMES.some((kind) => volume[kind] !== undefined))
    .map((volume) => `volume ${String(volume.name)}`);
  const containers = [...list(spec.containers), ...list(spec.initContainers)];
  return [...shared, ...volumes, ...containers.flatMap((container) => containerFindings(container, spec))];
}

function containerFindings(container: JsonObject, spec: JsonObject): string[] {
  const own = (field: string) => at(container, "securityContext", field);
  const either = (field: string) => own(field) ?? at(spec, "securityContext", field);
  const seccomp = at(either("seccompProfile"), "type");
  const wanted: Readonly<Record<string, boolean>> = {
    "not privileged": own("privileged") !== true,
    "no escalation": own("allowPrivilegeEscalation") === false,
    "no capabilities": texts(at(container, "securityContext", "capabilities", "drop")).includes("ALL"),
    "not root": either("runAsNonRoot") === true && either("runAsUser") !== 0,
    "a seccomp profile": seccomp === "RuntimeDefault" || seccomp === "Localhost",
    "a read-only root": own("readOnlyRootFilesystem") === true,
    "a memory limit": at(container, "resources", "limits", "memory") !== undefined,
  };
  return Object.entries(wanted)
    .filter(([, holds]) => !holds)
    .map(([what]) => `${String(container.name)}: ${what}`);
}
