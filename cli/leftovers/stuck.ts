import { z } from "zod";
import type { ClusterApi } from "../kubernetes/cluster-api";
import { listAll, metadata } from "../kubernetes/listing";
import type { StuckNamespace, StuckObject } from "./model";

const condition = z.object({ type: z.string(), status: z.string(), message: z.string().default("") });
const namespace = z.object({
  metadata,
  status: z.object({ conditions: z.array(condition).nullish() }).optional(),
});

/** The conditions that say why a namespace is still there. `NamespaceContentRemaining` names kinds, the next finalizers. */
const REASON = /^Namespace(Deletion|ContentRemaining|FinalizersRemaining)/;

/** All namespaces that were told to go and are still there. */
export async function findStuckNamespaces(api: ClusterApi): Promise<readonly StuckNamespace[]> {
  const namespaces = await listAll(api, "/api/v1/namespaces", namespace);
  return namespaces.flatMap(({ metadata: { name, deletionTimestamp: since }, status }) => {
    if (since === undefined) return [];
    const said = (status?.conditions ?? []).filter(({ type, status: holds }) => holds === "True" && REASON.test(type));
    return [{ name, since, reasons: said.map(({ message }) => message).filter(Boolean) }];
  });
}

const version = z.object({ name: z.string(), served: z.boolean() });
const definition = z.object({
  metadata,
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string(), plural: z.string() }),
    versions: z.array(version),
  }),
});
const anyObject = z.object({ metadata });

/** Kinds that are asked for at the same time. */
const AT_ONCE = 8;

/**
 * All custom resources that were told to go and wait for a finalizer. Only their controller takes it away: where that
 * was destroyed first, they stay, and their namespace with them.
 */
export async function findStuckObjects(api: ClusterApi): Promise<readonly StuckObject[]> {
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const definitions = await listAll(api, path, definition);
  const found: StuckObject[] = [];
  for (let first = 0; first < definitions.length; first += AT_ONCE) {
    const some = definitions.slice(first, first + AT_ONCE);
    found.push(...(await Promise.all(some.map((each) => stuckOf(api, each)))).flat());
  }
  return found;
}

async function stuckOf(api: ClusterApi, { spec }: z.infer<typeof definition>): Promise<readonly StuckObject[]> {
  const { group, names, versions } = spec;
  const served = versions.find((each) => each.served);
  if (served === undefined) return [];
  const objects = await listAll(api, `/apis/${group}/${served.name}/${names.plural}`, anyObject, true);
  return objects.flatMap(({ metadata: { namespace: place, name, finalizers, deletionTimestamp: since } }) => {
    if (since === undefined || finalizers.length === 0) return [];
    return [{ kind: names.kind, group, ...(place !== undefined && { namespace: place }), name, finalizers, since }];
  });
}
