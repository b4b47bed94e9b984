import { z } from "zod";

const named = z.object({ name: z.string().optional() }).nullish();
const container = z.object({
  env: z.array(z.object({ valueFrom: z.object({ secretKeyRef: named }).nullish() })).nullish(),
  envFrom: z.array(z.object({ secretRef: named })).nullish(),
});
const volume = z.object({
  secret: z.object({ secretName: z.string().optional() }).nullish(),
  projected: z.object({ sources: z.array(z.object({ secret: named })).nullish() }).nullish(),
});

/** The part of a pod that names secrets. */
export const podSpec = z.object({
  initContainers: z.array(container).nullish(),
  containers: z.array(container),
  volumes: z.array(volume).nullish(),
});

/**
 * Secrets that a pod takes values from. A volume follows its secret after a while, but what was read from it when the pod
 * started does not, so it counts as the variables do.
 */
export function secretsOf({ initContainers, containers, volumes }: z.output<typeof podSpec>): ReadonlySet<string> {
  const fromContainers = [...(initContainers ?? []), ...containers].flatMap(({ env, envFrom }) => [
    ...(env ?? []).map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
    ...(envFrom ?? []).map(({ secretRef }) => secretRef?.name),
  ]);
  const fromVolumes = (volumes ?? []).flatMap(({ secret, projected }) => [
    secret?.secretName,
    ...(projected?.sources ?? []).map((source) => source.secret?.name),
  ]);
  return new Set([...fromContainers, ...fromVolumes].filter((name) => name !== undefined));
}
