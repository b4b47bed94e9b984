import type { ApiAnswer, ApiRequest, ApiTransport } from "../../../cli/kubernetes/api-server";

export type FakeObject = { readonly [field: string]: unknown };

/** When everything that is to go was told so. */
export const SINCE = "2026-11-21T12:00:00Z";

export const VOLUMES = "/api/v1/persistentvolumes";
export const SERVICES = "/api/v1/services";
export const NAMESPACES = "/api/v1/namespaces";
export const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** A volume as the API server gives it. */
export function volume(name: string, changes: FakeObject = {}, phase = "Released"): FakeObject {
  const spec = {
    capacity: { storage: "10Gi" },
    storageClassName: "vultr-block-storage-retain",
    persistentVolumeReclaimPolicy: "Retain",
    claimRef: { namespace: "data-prod", name: "main-1" },
    csi: { driver: "block.csi.vultr.com", volumeHandle: `id-of-${name}` },
    ...changes,
  };
  return { metadata: { name, resourceVersion: "1" }, spec, status: { phase } };
}

/** A custom resource definition with its first version. */
export function definition(plural: string, kind: string, versions = [{ name: "v1", served: true }]): FakeObject {
  return {
    metadata: { name: `${plural}.example.org` },
    spec: { group: "example.org", names: { kind, plural }, versions },
  };
}

/** An object with nothing but metadata. */
export function object(name: string, metadata: FakeObject = {}): FakeObject {
  return { metadata: { name, ...metadata } };
}

/** An API server in memory: lists of objects by path, in pages, and volumes that can be patched. */
export class FakeCluster {
  readonly requests: string[] = [];
  readonly lists: Map<string, readonly FakeObject[]>;
  /** Answers instead of the cluster, or throws, or lets it go on. */
  intercept: (request: ApiRequest) => ApiAnswer | undefined = () => undefined;

  constructor(
    lists: Readonly<Record<string, readonly FakeObject[]>> = {},
    private readonly pageSize = 500,
  ) {
    const empty = { [VOLUMES]: [], [SERVICES]: [], [NAMESPACES]: [], [DEFINITIONS]: [] };
    this.lists = new Map(Object.entries({ ...empty, ...lists }));
  }

  readonly transport: ApiTransport = async (request) => {
    this.requests.push(`${request.method} ${request.path}`);
    return this.intercept(request) ?? this.answer(request);
  };

  /** A field of a volume's spec. */
  policy(name: string): unknown {
    const spec = this.find(name)?.spec;
    return typeof spec === "object" && spec !== null ? Reflect.get(spec, "persistentVolumeReclaimPolicy") : undefined;
  }

  /** Replaces a volume, as somebody else would. */
  replace(name: string, by: FakeObject | undefined): void {
    const others = (this.lists.get(VOLUMES) ?? []).filter((each) => nameOf(each) !== name);
    this.lists.set(VOLUMES, by === undefined ? others : [...others, by]);
  }

  private answer({ method, path, body }: ApiRequest): ApiAnswer {
    const url = new URL(path, "https://cluster");
    const listed = this.lists.get(url.pathname);
    if (listed !== undefined) return this.page(listed, Number(url.searchParams.get("continue") ?? 0));
    const name = url.pathname.startsWith(`${VOLUMES}/`) ? url.pathname.slice(VOLUMES.length + 1) : "";
    const found = this.find(name);
    if (found === undefined) return { status: 404, body: { message: "not found" } };
    if (method !== "PATCH") return { status: 200, body: found };
    if (versionOf(body) !== versionOf(found)) return { status: 409, body: { message: "modified" } };
    const patch = typeof body === "object" && "spec" in body ? body.spec : {};
    this.replace(name, { ...found, spec: { ...Object(found.spec), ...Object(patch) } });
    return { status: 200, body: {} };
  }

  private page(items: readonly FakeObject[], from: number): ApiAnswer {
    const next = from + this.pageSize;
    const metadata = next < items.length ? { continue: String(next) } : {};
    return { status: 200, body: { metadata, items: items.slice(from, next) } };
  }

  private find(name: string): FakeObject | undefined {
    return this.lists.get(VOLUMES)?.find((each) => nameOf(each) === name);
  }
}

function nameOf({ metadata }: FakeObject): unknown {
  return Reflect.get(Object(metadata), "name");
}

function versionOf(value: unknown): unknown {
  return Reflect.get(Object(Reflect.get(Object(value), "metadata")), "resourceVersion");
}
