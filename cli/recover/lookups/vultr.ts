import { StrataError } from "../../../constructs/core/errors";
import type { VultrLists, VultrObject } from "../apis/vultr";
import type { ProgramResource } from "../program";
import type { Lookups, Sighting } from "../sighting";
import type { Values } from "../values";

/** How objects of one type are told apart. Vultr's names for fields are those of the provider. */
interface Kind {
  /** Path of the list, from the id of what it belongs to. */
  readonly path: (parent: string) => string;
  /** Key of the list in the answer. */
  readonly key: string;
  /** Argument with the id of what it belongs to. @default - the account */
  readonly parent?: string;
  /** Arguments by which the object is known. */
  readonly same: readonly string[];
  /** Arguments that can't be changed: with another value there, Terraform would replace what it takes in. */
  readonly fixed: readonly string[];
  /** What the provider calls the object in a state. @default - its id at Vultr */
  readonly stateId?: (parent: string, id: string) => string;
  /** Why the provider can't take in what is there. @default - it can */
  readonly notImported?: string;
  /** @default - the id alone */
  readonly importId?: (parent: string, id: string) => string;
}

/** The provider tags the pool that stands in the cluster's own block, and finds it by that tag. */
const DEFAULT_POOL = "tf-vke-default";

/** Import ids as the importers of provider 2.32 want them. */
const KINDS: Readonly<Record<string, Kind>> = {
  vultr_vpc: {
    path: () => "vpcs",
    key: "vpcs",
    same: ["description", "region"],
    fixed: ["v4_subnet", "v4_subnet_mask"],
  },
  vultr_kubernetes: { path: () => "kubernetes/clusters", key: "vke_clusters", same: ["label"], fixed: ["region"] },
  vultr_kubernetes_node_pools: {
    path: (cluster) => `kubernetes/clusters/${encodeURIComponent(cluster)}/node-pools`,
    key: "node_pools",
    parent: "cluster_id",
    same: ["label"],
    fixed: ["plan"],
    importId: (cluster, id) => `${cluster} ${id}`,
  },
  vultr_firewall_group: { path: () => "firewalls", key: "firewall_groups", same: ["description"], fixed: [] },
  vultr_firewall_rule: {
    path: (group) => `firewalls/${encodeURIComponent(group)}/rules`,
    key: "firewall_rules",
    parent: "firewall_group_id",
    same: ["ip_type", "protocol", "port", "subnet", "subnet_size", "source"],
    fixed: [],
    importId: (group, id) => `${group},${id}`,
  },
  vultr_object_storage: {
    path: () => "object-storage",
    key: "object_storages",
    same: ["label"],
    fixed: ["cluster_id"],
  },
  vultr_object_storage_bucket: {
    path: (store) => `object-storage/${encodeURIComponent(store)}/bucket`,
    key: "buckets",
    parent: "object_storage_id",
    same: ["name"],
    fixed: [],
    stateId: (store, name) => `${store}_${name}`,
    notImported: "the provider imports no buckets",
  },
  vultr_block_storage: { path: () => "blocks", key: "blocks", same: ["label"], fixed: ["region"] },
};

/**
 * Looks for Vultr's objects by their labels: it has no other names.
 *
 * @param isLeaving whether an object stands in a state only to be deleted
 */
export function vultrLookups(
  lists: VultrLists,
  values: Values,
  isLeaving: (resource: ProgramResource, id: string) => boolean,
): Lookups {
  return Object.fromEntries(
    Object.entries(KINDS).map(([type, kind]) => [
      type,
      async (resource) => {
        const parent = kind.parent === undefined ? "" : await values.need(resource, kind.parent);
        const alike = await objectsLike(resource, kind, parent, lists, values);
        const staying = alike.filter(({ id }) => !isLeaving(resource, id));
        return judge(resource, kind, parent, staying, values);
      },
    ]),
  );
}

/** An object that carries the name of a resource. */
export type Namesake = VultrObject & { readonly importId: string };

/**
 * The objects that carry the name of a resource; none for what has no name. When the state knows one and there is
 * another, a run was killed while it replaced the first.
 */
export async function vultrNamesakes(
  resource: ProgramResource,
  lists: VultrLists,
  values: Values,
): Promise<readonly Namesake[]> {
  const kind = KINDS[resource.type];
  if (kind === undefined) return [];
  const { importId = (_parent: string, id: string) => id } = kind;
  const parent = kind.parent === undefined ? "" : await values.need(resource, kind.parent);
  const alike = await objectsLike(resource, kind, parent, lists, values);
  return alike.map((object) => ({ ...object, importId: importId(parent, object.id) }));
}

async function objectsLike(
  resource: ProgramResource,
  { path, key, same, stateId }: Kind,
  parent: string,
  lists: VultrLists,
  values: Values,
): Promise<readonly VultrObject[]> {
  const wanted = await Promise.all(
    same.map(async (name) => [name, (await values.text(resource, name)) ?? ""] as const),
  );
  if (wanted.every(([, value]) => value === "")) {
    const where = `${resource.stack} ${resource.address}`;
    const problem = `not looked for: it has no ${same.join(" and no ")}, and Vultr knows its objects by nothing else`;
    throw StrataError.of({ where, problem, fix: "Look for it in Vultr's console." });
  }
  const all = await lists(path(parent), key);
  const alike = all.filter(
    (object) => object.tag !== DEFAULT_POOL && wanted.every(([name, value]) => isSame(name, object[name] ?? "", value)),
  );
  return stateId === undefined ? alike : alike.map((object) => ({ ...object, id: stateId(parent, object.id) }));
}

async function judge(
  resource: ProgramResource,
  { fixed, notImported, importId = (_parent, id) => id }: Kind,
  parent: string,
  alike: readonly VultrObject[],
  values: Values,
): Promise<Sighting> {
  const [object, second] = alike;
  if (object === undefined) return { is: "absent" };
  if (notImported !== undefined) {
    const problem = `${object.id} exists, and ${notImported}`;
    return { is: "unclear", problem, fix: "Delete it in Vultr's console if it holds nothing.", candidates: [] };
  }
  const candidates = alike.map(({ id }) => importId(parent, id));
  if (second !== undefined) {
    const problem = `there are ${alike.length} objects of this name: ${alike.map(({ id }) => id).join(", ")}`;
    const fix = "Delete those that hold nothing, or write the right one into imports.json.";
    return { is: "unclear", problem, fix, candidates };
  }
  for (const name of fixed) {
    const wanted = await values.text(resource, name).catch(() => undefined);
    const found = object[name] ?? "";
    if (wanted === undefined || isSame(name, found, wanted)) continue;
    const problem = `${object.id} has its name, but ${name} ${found} instead of ${wanted}: Terraform would replace it`;
    return {
      is: "unclear",
      problem,
      fix: "Set that value in the configuration, or rename one of the two.",
      candidates,
    };
  }
  const note = object.status === "pending" ? "it is still being made: deploy when it is active" : undefined;
  return { is: "there", id: object.id, importId: importId(parent, object.id), note };
}

/** The provider takes regions in any case. */
function isSame(name: string, found: string, wanted: string): boolean {
  return name === "region" ? found.toLowerCase() === wanted.toLowerCase() : found === wanted;
}
