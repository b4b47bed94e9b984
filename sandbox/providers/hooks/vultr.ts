import { textAt } from "../wire/paths";
import { isValues, type Value, type Values } from "../wire/values";
import { numberFrom, publicAddress, uuid } from "./ids";
import { type ProviderHooks, Refusal, type ResourceHook } from "./types";
import { cluster, nodePool } from "./vultr-kubernetes";
import { bucket, objectStorage, STORAGE_REGIONS } from "./vultr-object-storage";
import { mustExist } from "./vultr-references";

const vpc: ResourceHook = {
  forceNew: ["region", "v4_subnet", "v4_subnet_mask"],
  defaults: { description: "" },
  create({ state, digest }) {
    if (typeof state.v4_subnet !== "string") state.v4_subnet = `10.${16 + numberFrom(digest, 0, 200)}.0.0`;
    if (typeof state.v4_subnet_mask !== "number") state.v4_subnet_mask = 20;
  },
  delete({ world, id, type }) {
    const attached = (values: Values): boolean =>
      values.vpc_id === id || (Array.isArray(values.vpc_ids) && values.vpc_ids.includes(id));
    if (world.find(undefined, (object) => attached(object.values)).length > 0) {
      const text = "You cannot delete a VPC while servers are attached to this VPC network";
      throw new Refusal(`error destroying ${type} (${id}): {"error":"${text}","status":400}`);
    }
  },
};

const firewallGroup: ResourceHook = { defaults: { description: "" } };

const firewallRule: ResourceHook = {
  // Rules have no update call: every change is a new rule.
  forceNew: ["firewall_group_id", "ip_type", "protocol", "subnet", "subnet_size", "port", "notes", "source"],
  defaults: { port: "", notes: "" },
  // "<group>,<rule>"
  importId: (id) => id.split(",").at(-1) ?? id,
  create: (change) => {
    mustExist(change, "vultr_firewall_group", "firewall_group_id", "Firewall group ID not found");
    if (typeof change.state.source !== "string") change.state.source = "";
  },
};

const instance: ResourceHook = {
  forceNew: ["region", "app_id", "image_id", "os_id", "script_id", "snapshot_id", "user_data", "hostname", "vpc_only"],
  defaults: { backups: "disabled", ddos_protection: false, iso_id: "" },
  create({ state, digest }) {
    state.main_ip = publicAddress(digest);
    state.power_status = "running";
    state.server_status = "ok";
  },
};

const reservedIp: ResourceHook = {
  forceNew: ["region", "ip_type"],
  defaults: { label: "" },
  create({ state, digest }) {
    state.subnet = state.ip_type === "v6" ? "2001:db8::" : publicAddress(digest);
    state.subnet_size = state.ip_type === "v6" ? 64 : 32;
  },
};

const RESOURCES: Record<string, ResourceHook> = {
  vultr_vpc: vpc,
  vultr_firewall_group: firewallGroup,
  vultr_firewall_rule: firewallRule,
  vultr_kubernetes: cluster,
  vultr_kubernetes_node_pools: nodePool,
  vultr_object_storage: objectStorage,
  vultr_object_storage_bucket: bucket,
  vultr_instance: instance,
  vultr_reserved_ip: reservedIp,
  vultr_block_storage: { forceNew: ["region", "block_type"] },
};

/** Filters of the data sources are blocks of a name and values; the first value stands for what is asked. */
function filterValue(filters: Value | undefined, name: string): string {
  const found = Array.isArray(filters) ? filters.find((filter) => textAt(filter, "name") === name) : undefined;
  return isValues(found) ? textAt(found, "values.0") : "";
}

/** Vultr: what its API decides, refuses and ignores (provider 2.32.0). */
export const vultr: ProviderHooks = {
  name: "vultr",
  legacyTypeSystem: true,
  formatId: uuid,
  resource: (type) => RESOURCES[type],
  dataSource: (type) =>
    type === "vultr_object_storage_cluster"
      ? (state) => {
          const region = filterValue(state.filter, "region");
          const [id] = Object.entries(STORAGE_REGIONS).find(([, each]) => each === region) ?? ["2"];
          state.id = id;
          state.region = region || "ewr";
          state.hostname = `${state.region}1.vultrobjects.com`;
        }
      : undefined,
};
