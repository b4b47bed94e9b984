import { digestOf } from "../engine/fill";
import { at, textAt } from "../wire/paths";
import { isValues, type Value, type Values } from "../wire/values";
import type { WorldObject } from "../world/world";
import { hex32 } from "./ids";
import { type Call, type ProviderHooks, Refusal, type ResourceHook } from "./types";

/** The id of a zone: it follows from the name, so that every stack that looks a zone up finds the same one. */
function zoneId(name: string): string {
  return hex32(digestOf("zone", name.toLowerCase()));
}

const ADDRESSES = new Set(["A", "AAAA", "CNAME"]);

const record: ResourceHook = {
  forceNew: ["zone_id", "name", "type"],
  // "<zone>/<record>"
  importId: lastPart,
  validate(config) {
    if (config.proxied === true && typeof config.ttl === "number" && config.ttl !== 1) {
      throw new Refusal(
        "Invalid DNS record",
        `ttl must be set to 1 (automatic) when proxied is true, it is ${config.ttl}.`,
      );
    }
  },
  create({ state, world }) {
    refuseRecord(state, world.find("cloudflare_dns_record"));
    if (typeof state.proxied !== "boolean") state.proxied = false;
    state.proxiable = ADDRESSES.has(textAt(state, "type"));
    state.meta = "{}";
  },
  update({ state, world, id }) {
    refuseRecord(
      state,
      world.find("cloudflare_dns_record", (other) => other.id !== id),
    );
  },
};

function lastPart(id: string): string {
  return id.split("/").at(-1) ?? id;
}

function refuseRecord(state: Values, others: readonly WorldObject[]): void {
  const host = textAt(state, "name").toLowerCase();
  const type = textAt(state, "type");
  for (const { values } of others) {
    if (values.zone_id !== state.zone_id || textAt(values, "name").toLowerCase() !== host) continue;
    if (values.type === type && values.content === state.content) {
      throw refused("failed to make http request", `81058: An identical record already exists. (${type} ${host})`);
    }
    const conflict =
      type === "CNAME" ? ADDRESSES.has(textAt(values, "type")) : values.type === "CNAME" && ADDRESSES.has(type);
    if (conflict) {
      const text = `An A, AAAA, or CNAME record with that host already exists. (${textAt(values, "type")} ${host})`;
      throw refused("failed to make http request", `81053: ${text}`);
    }
  }
}

const ruleset: ResourceHook = {
  forceNew: ["zone_id", "account_id", "kind", "phase"],
  defaults: { description: "", "rules.description": "", "rules.enabled": true },
  // "zones/<zone>/<ruleset>"
  importId: lastPart,
  create({ state, world, digest }) {
    // A phase has one entry point for each zone (kind "zone") or account (kind "root"); custom ones are many.
    const entryPoint = state.kind === "zone" || state.kind === "root";
    const owner = ({ values }: WorldObject): boolean =>
      values.kind === state.kind &&
      values.phase === state.phase &&
      values.zone_id === state.zone_id &&
      values.account_id === state.account_id;
    if (entryPoint && world.find("cloudflare_ruleset", owner).length > 0) {
      throw refused(
        "failed to create ruleset",
        `20217: A similar configuration with rules already exists and overwriting will have unintended consequences (phase ${textAt(state, "phase")}).`,
      );
    }
    identifyRules(state, digest);
    state.version = "1";
  },
  update({ state, prior, digest }) {
    identifyRules(state, digest);
    state.version = String(Number(textAt(prior ?? {}, "version")) + 1);
  },
  recomputed: ["version", "last_updated"],
};

function identifyRules(state: Values, digest: string): void {
  for (const [index, rule] of (Array.isArray(state.rules) ? state.rules : []).entries()) {
    if (!isValues(rule)) continue;
    const ref = typeof rule.ref === "string" ? rule.ref : String(index);
    if (typeof rule.id !== "string") rule.id = hex32(digestOf(digest, "rule", ref));
    if (typeof rule.ref !== "string") rule.ref = rule.id;
  }
}

const RESOURCES: Record<string, ResourceHook> = {
  cloudflare_dns_record: record,
  cloudflare_ruleset: ruleset,
  cloudflare_zone: {
    forceNew: ["name", "account.id"],
    id: (state) => zoneId(textAt(state, "name")),
    taken: (id, state) =>
      refused("failed to make http request", `1061: ${textAt(state, "name")} already exists (${id}).`),
  },
  cloudflare_zone_setting: {
    forceNew: ["zone_id", "setting_id"],
    id: (state) => `${textAt(state, "zone_id")}/${textAt(state, "setting_id")}`,
    // Every setting exists from the start: two owners overwrite each other, here they are told.
    taken: (id) => refused("zone setting owned twice", `${id} is already managed by another resource.`),
    overwrites: (_state, { strict }) => strict,
    create: ({ state }) => {
      state.id = textAt(state, "setting_id");
      state.editable = true;
    },
  },
};

function refused(summary: string, text: string): Refusal {
  return new Refusal(summary, `400 Bad Request {"success":false,"errors":[${JSON.stringify(text)}]}`);
}

/** Fills a zone that is asked for by name or by id: those of the program exist before it. */
export function lookUpZone(state: Values, { world }: Pick<Call, "world">): void {
  const asked = textAt(state, "filter.name");
  const id = textAt(state, "zone_id");
  const known = world.find("cloudflare_zone", (zone) => zone.id === id).at(0);
  const name = asked || textAt(known?.values, "name") || `zone-${id.slice(0, 8)}.example`;
  const found = id || zoneId(asked);
  Object.assign(state, { id: found, zone_id: found, name, status: "active", type: "full", paused: false });
  state.name_servers = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"];
}

function lookUpZones(state: Values, call: Call): void {
  const filter: Value = { name: at(state, "name") ?? null };
  const zone: Values = { filter };
  lookUpZone(zone, call);
  const { filter: _filter, ...found } = zone;
  state.result = [found];
}

/** Cloudflare: ids, the zone look-up, and what its API allows only once (provider 5.14.0). */
export const cloudflare: ProviderHooks = {
  name: "cloudflare",
  legacyTypeSystem: false,
  formatId: hex32,
  resource: (type) => RESOURCES[type],
  dataSource: (type) =>
    type === "cloudflare_zone" ? lookUpZone : type === "cloudflare_zones" ? lookUpZones : undefined,
};
