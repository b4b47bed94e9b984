import { digestOf } from "../engine/fill";
import { textAt } from "../wire/paths";
import { Refusal, type ResourceHook } from "./types";
import { mustExist } from "./vultr-references";

/** Object storage lives in few places; the numbers are Vultr's own. */
export const STORAGE_REGIONS: Readonly<Record<number, string>> = {
  2: "ewr",
  4: "sgp",
  5: "lax",
  6: "ams",
  7: "del",
  9: "ord",
};

/** A subscription: its keys open all of its buckets, and it takes them with it when it goes. */
export const objectStorage: ResourceHook = {
  forceNew: ["cluster_id", "tier_id"],
  defaults: { label: "" },
  unreadable: ["tier_id"],
  missing: () =>
    new Refusal('error getting object storage account: {"error":"Invalid object storage ID","status":404}'),
  create({ state, digest }) {
    const region = STORAGE_REGIONS[Number(state.cluster_id)] ?? "ewr";
    state.region = region;
    state.location = region;
    state.s3_hostname = `${region}1.vultrobjects.com`;
    state.s3_access_key = digest.slice(0, 20).toUpperCase();
    state.s3_secret_key = digestOf(digest, "secret").slice(0, 40);
    state.status = "active";
  },
  delete({ world, id }) {
    world.removeWhere(({ type, values }) => type === BUCKET && values.object_storage_id === id);
  },
};

const BUCKET = "vultr_object_storage_bucket";

export const bucket: ResourceHook = {
  forceNew: ["object_storage_id", "name", "enable_versioning", "enable_lock"],
  defaults: { enable_versioning: false, enable_lock: false },
  notImported: true,
  id: (state) => `${textAt(state, "object_storage_id")}_${textAt(state, "name")}`,
  missing: (id) => new Refusal(`object storage bucket (${nameIn(id)}) not found in object storage (${id})`),
  create(change) {
    mustExist(change, "vultr_object_storage", "object_storage_id", "Invalid object storage ID");
    const name = textAt(change.state, "name");
    // A name is taken for all of Vultr's customers.
    if (change.world.find(BUCKET, ({ values }) => values.name === name).length > 0) throw taken(name);
  },
  taken: (_id, state) => taken(textAt(state, "name")),
};

function taken(name: string): Refusal {
  return new Refusal(
    `error while creating object storage bucket : {"error":"Bucket ${name} already exists","status":409}`,
  );
}

/** The name of a bucket stands after the store's id, which has no underscore. */
function nameIn(id: string): string {
  return id.slice(id.indexOf("_") + 1);
}
