/** Metadata of an object as the API server answers it. */
export interface StoredMetadata {
  readonly name: string;
  /** Absent where the kind belongs to the whole cluster. */
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Counts changes of the spec. */
  readonly generation?: number;
  readonly creationTimestamp?: string;
  /** Set when the object is to go and something still holds it. */
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** An object of the API server. */
export interface Stored {
  readonly metadata: StoredMetadata;
}

/** An object as it is asked for: what it is called, and whatever else it has. */
export type Draft<T extends Stored> = Omit<Partial<T>, "metadata"> & { readonly metadata: DraftMetadata };

export type DraftMetadata = Pick<StoredMetadata, "name" | "namespace"> & Partial<StoredMetadata>;

/** Names one object of a kind. */
export interface ObjectName {
  readonly name: string;
  readonly namespace?: string;
}

/** Where the API server serves a kind of object. */
export interface Served {
  /** Group and version, as in `apps/v1`; `v1` alone is the core group. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** Whether its objects live in namespaces. */
  readonly namespaced: boolean;
  /** Whether it is served only once its definition was installed. @default false */
  readonly custom?: boolean;
  /** Leaves objects out of what is watched. @default - all */
  readonly fieldSelector?: string;
}

/** A kind of object: where it is served, and what it looks like. */
export interface ResourceType<T extends Stored> extends Served {
  /** Takes from an object what nobody reads, because all of them are kept in memory. @default - the whole object */
  trim?(object: T): T;
}

/** `namespace/name`, or the name alone: what an object is called among those of its kind. */
export function keyOf({ namespace, name }: ObjectName): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Group of a type; empty for the core group. */
export function groupOf({ apiVersion }: Pick<Served, "apiVersion">): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

/** Version of a type, without its group. */
export function versionOf({ apiVersion }: Pick<Served, "apiVersion">): string {
  return apiVersion.slice(apiVersion.indexOf("/") + 1);
}

/** A reference that makes one object go with another. */
export function ownedBy(type: Served, owner: Stored): OwnerReference {
  const { apiVersion, kind } = type;
  const { name, uid } = owner.metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** The owner that controls an object. */
export function controllerOf({ metadata }: Stored): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller);
}
