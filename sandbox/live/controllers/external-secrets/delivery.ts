import { isDeepStrictEqual } from "node:util";
import { encoded, SECRETS, type Secret } from "../api/core";
import { controllerOf, type Draft, ownedBy } from "../api/objects";
import type { ClusterView } from "../loop/cluster-view";
import { EXTERNAL_SECRETS, type ExternalSecret, targetOf, Undeliverable } from "./objects";
import { render } from "./template";
import type { Values } from "./values";

/** Label by which External Secrets knows what it has made. */
const MANAGED = { "reconcile.external-secrets.io/managed": "true" };

/** Writes the Kubernetes secret; answers whether anything of it was not there before. */
export async function deliver(secret: ExternalSecret, values: Values, cluster: ClusterView): Promise<boolean> {
  const draft = draftOf(secret, values);
  const existing = cluster.store(SECRETS).get(targetOf(secret));
  const obstacle = existing && obstacleTo(secret, draft, existing);
  if (obstacle !== undefined) throw new Undeliverable(obstacle);
  if (existing !== undefined && isSame(draft, existing)) return false;
  await cluster.api.apply(SECRETS, draft);
  return true;
}

function draftOf(secret: ExternalSecret, values: Values): Draft<Secret> {
  const { template, creationPolicy } = secret.spec.target ?? {};
  // Without a template the secret is labelled like its ExternalSecret.
  const { labels, annotations } = template === undefined ? secret.metadata : (template.metadata ?? {});
  const data = template?.data === undefined ? values : rendered(template.data, values);
  return {
    metadata: {
      ...targetOf(secret),
      labels: { ...labels, ...MANAGED },
      annotations: template === undefined ? undefined : annotations,
      ownerReferences: creationPolicy === "Orphan" ? [] : [ownedBy(EXTERNAL_SECRETS, secret)],
    },
    type: template?.type ?? "Opaque",
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encoded(value)])),
  };
}

function rendered(templates: Readonly<Record<string, string>>, values: Values): Values {
  return Object.fromEntries(Object.entries(templates).map(([key, template]) => [key, render(key, template, values)]));
}

function obstacleTo(secret: ExternalSecret, draft: Draft<Secret>, existing: Secret): string | undefined {
  const { name } = existing.metadata;
  const owner = controllerOf(existing);
  if (owner !== undefined && owner.uid !== secret.metadata.uid) {
    return `the secret ${name} belongs to ${owner.kind} ${owner.name}`;
  }
  if (existing.type !== draft.type) return `the secret ${name} has type ${existing.type}, and a type cannot be changed`;
  return undefined;
}

function isSame({ metadata, data }: Draft<Secret>, existing: Secret): boolean {
  const { labels = {}, annotations = {}, ownerReferences = [] } = existing.metadata;
  return (
    isDeepStrictEqual(data, existing.data ?? {}) &&
    Object.entries(metadata.labels ?? {}).every(([name, value]) => labels[name] === value) &&
    Object.entries(metadata.annotations ?? {}).every(([name, value]) => annotations[name] === value) &&
    (metadata.ownerReferences ?? []).every(({ uid }) => ownerReferences.some((owner) => owner.uid === uid))
  );
}
