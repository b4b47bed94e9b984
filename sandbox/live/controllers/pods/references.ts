import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IVolume } from "kubernetes-models/v1/Volume";
import { CONFIG_MAPS, SECRETS } from "../api/core";
import type { ClusterView } from "../loop/cluster-view";

/** A Secret or ConfigMap that a pod cannot start without. */
interface Reference {
  readonly kind: "secret" | "configmap";
  readonly name: string;
  /** Keys that it must have. */
  readonly keys: readonly string[];
}

/** What keeps a pod from starting, in the words of a kubelet: a Secret or ConfigMap, or a key of one, that is not there. */
export function missingReference(spec: IPodSpec, namespace: string, cluster: ClusterView): string | undefined {
  for (const { kind, name, keys } of references(spec)) {
    const found = cluster.store(kind === "secret" ? SECRETS : CONFIG_MAPS).get({ name, namespace });
    if (found === undefined) return `${kind} "${name}" not found`;
    const present = [found.data, "binaryData" in found ? found.binaryData : undefined].flatMap((data) =>
      Object.keys(data ?? {}),
    );
    const missing = keys.find((key) => !present.includes(key));
    if (missing !== undefined) return `couldn't find key ${missing} in ${kind} ${namespace}/${name}`;
  }
  return undefined;
}

function references(spec: IPodSpec): Reference[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return [...(spec.volumes ?? []).flatMap(ofVolume), ...containers.flatMap(ofContainer)];
}

function ofVolume({ secret, configMap, projected }: IVolume): Reference[] {
  const sources = [
    { secret: secret && { ...secret, name: secret.secretName }, configMap },
    ...(projected?.sources ?? []),
  ];
  return sources.flatMap((source) => [
    ...reference("secret", source.secret, keysOf(source.secret)),
    ...reference("configmap", source.configMap, keysOf(source.configMap)),
  ]);
}

function ofContainer({ env, envFrom }: IContainer): Reference[] {
  return [
    ...(env ?? []).flatMap(({ valueFrom }) => [
      ...reference("secret", valueFrom?.secretKeyRef, [valueFrom?.secretKeyRef?.key ?? ""]),
      ...reference("configmap", valueFrom?.configMapKeyRef, [valueFrom?.configMapKeyRef?.key ?? ""]),
    ]),
    ...(envFrom ?? []).flatMap(({ secretRef, configMapRef }) => [
      ...reference("secret", secretRef, []),
      ...reference("configmap", configMapRef, []),
    ]),
  ];
}

function reference(
  kind: Reference["kind"],
  source: { readonly name?: string; readonly optional?: boolean } | undefined,
  keys: readonly string[],
): Reference[] {
  return source?.name === undefined || source.optional ? [] : [{ kind, name: source.name, keys }];
}

function keysOf(source: { readonly items?: readonly { readonly key: string }[] } | undefined): string[] {
  return (source?.items ?? []).map(({ key }) => key);
}
