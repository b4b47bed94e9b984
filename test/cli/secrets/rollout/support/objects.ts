/** An object of the API server, as far as the tests are concerned with it. */
export interface FakeObject {
  readonly metadata: FakeMetadata;
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
  /** Values of a secret; nobody may ask for them. */
  data?: Readonly<Record<string, string>>;
}

export interface FakeMetadata {
  name: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  creationTimestamp: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  ownerReferences: object[];
  managedFields: object[];
}

/** Where a namespace's objects of a kind are. */
export const FOLDERS = {
  externalSecret: "/apis/external-secrets.io/v1/namespaces/NS/externalsecrets",
  secret: "/api/v1/namespaces/NS/secrets",
  pod: "/api/v1/namespaces/NS/pods",
  deployment: "/apis/apps/v1/namespaces/NS/deployments",
  statefulSet: "/apis/apps/v1/namespaces/NS/statefulsets",
  daemonSet: "/apis/apps/v1/namespaces/NS/daemonsets",
  postgresql: "/apis/postgresql.cnpg.io/v1/namespaces/NS/clusters",
} as const;

export type FakeKind = keyof typeof FOLDERS;

export function folder(kind: FakeKind, namespace: string): string {
  return FOLDERS[kind].replace("NS", namespace);
}

/** A field of an object by its path, as in `spec.template`. */
export function at(object: unknown, path: string): unknown {
  return path.split(".").reduce((value: unknown, field) => Reflect.get(Object(value), field), object);
}

/** A merge patch (RFC 7386), without the removal of fields. */
export function merged(before: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const base = Object(before);
  const changed = Object.entries(patch).map(([key, value]) => [key, merged(Reflect.get(base, key), value)]);
  return { ...base, ...Object.fromEntries(changed) };
}
