import { lookUpZone } from "../hooks/cloudflare";
import type { Values } from "../wire/values";
import type { World } from "../world/world";
import { bearer, type Face, type FaceAnswer, type FaceRequest, pageOf } from "./face";
import { type Attributes, attributesOf, only } from "./objects";

const RECORD = [
  ...["id", "name", "type", "content", "proxied", "proxiable", "ttl", "comment", "tags", "priority", "settings"],
  ...["meta", "created_on", "modified_on"],
];
const RULESET = ["id", "name", "description", "kind", "version", "phase", "last_updated", "rules"];
const PAGE_SIZE = 100;

/**
 * Cloudflare's API v4 as far as it reads: zones, records, settings, rulesets and the entry points of phases.
 *
 * @see https://developers.cloudflare.com/api/
 */
export function cloudflareFace(world: World): Face {
  return (request) => {
    if (bearer(request) === "") return failed(400, 10000, "Authentication error");
    if (request.method !== "GET") return failed(405, 10405, "Method not allowed: the simulated API only reads here");
    const [client, version, ...path] = request.path;
    const found = client === "client" && version === "v4" ? answer(world, request, path) : undefined;
    return found ?? failed(404, 7003, `Could not route to /${request.path.join("/")}`);
  };
}

function answer(world: World, request: FaceRequest, path: readonly string[]): FaceAnswer | undefined {
  const [root, zone, part, ...rest] = path;
  if (root === "user" && zone === "tokens" && part === "verify") return ok({ id: "sandbox", status: "active" });
  if (root !== "zones") return undefined;
  if (zone === undefined) return list(request, zones(world, request.query.get("name") ?? ""));
  if (part === undefined) return ok(zoneWith(world, { zone_id: zone }));
  if (part === "dns_records") return records(world, request, zone, rest[0]);
  if (part === "settings") return setting(world, zone, rest[0] ?? "");
  return part === "rulesets" ? rulesets(world, zone, rest) : undefined;
}

/** A zone exists as soon as somebody asks for its name: the program looks zones up and never makes one. */
function zones(world: World, name: string): readonly Attributes[] {
  if (name !== "") return [zoneWith(world, { filter: { name } })];
  return attributesOf(world, "cloudflare_zone").map((zone) => only(zone, "id", "name", "status"));
}

function zoneWith(world: World, asked: Values): Attributes {
  const state: Values = { ...asked };
  lookUpZone(state, { world });
  return only(state, "id", "name", "status", "type", "paused", "name_servers");
}

function records(world: World, request: FaceRequest, zone: string, id?: string): FaceAnswer {
  const { query } = request;
  const wanted = (field: string, value: unknown): boolean => {
    const asked = query.get(field) ?? query.get(`${field}.exact`);
    return asked === null || asked.toLowerCase() === String(value).toLowerCase();
  };
  const all = attributesOf(world, "cloudflare_dns_record", ({ values }) => values.zone_id === zone)
    .filter((record) => ["name", "type", "content"].every((field) => wanted(field, record[field])))
    .map((record) => only(record, ...RECORD));
  if (id === undefined) return list(request, all);
  const found = all.find((record) => record.id === id);
  return found === undefined ? failed(404, 81044, "Record does not exist.") : ok(found);
}

/** Every setting exists from the start; one that nobody has set has no value here. */
function setting(world: World, zone: string, id: string): FaceAnswer {
  const [found] = attributesOf(world, "cloudflare_zone_setting", (object) => object.id === `${zone}/${id}`);
  return ok({ id, value: null, editable: true, modified_on: null, ...(found && only(found, "value", "modified_on")) });
}

function rulesets(world: World, zone: string, path: readonly string[]): FaceAnswer | undefined {
  const all = attributesOf(world, "cloudflare_ruleset", ({ values }) => values.zone_id === zone).map((each) =>
    only(each, ...RULESET),
  );
  const [id, phase, entryPoint] = path;
  // The list tells what there is and not which rules are in it.
  if (id === undefined) return ok(all.map(({ rules: _rules, ...ruleset }) => ruleset));
  if (id === "phases" && entryPoint === "entrypoint") {
    const found = all.find((each) => each.kind === "zone" && each.phase === phase);
    return found === undefined
      ? failed(404, 10003, `could not find entrypoint ruleset in the ${phase} phase`)
      : ok(found);
  }
  if (phase !== undefined) return undefined;
  const found = all.find((each) => each.id === id);
  return found === undefined ? failed(404, 10001, "could not find ruleset") : ok(found);
}

function list(request: FaceRequest, items: readonly Attributes[]): FaceAnswer {
  const size = Number(request.query.get("per_page")) || PAGE_SIZE;
  const page = Number(request.query.get("page")) || 1;
  const shown = pageOf(items, (page - 1) * size, size, PAGE_SIZE);
  const pages = Math.ceil(items.length / size);
  return {
    status: 200,
    body: {
      ...envelope(shown),
      result_info: { page, per_page: size, count: shown.length, total_count: items.length, total_pages: pages },
    },
  };
}

function ok(result: unknown): FaceAnswer {
  return { status: 200, body: envelope(result) };
}

function envelope(result: unknown) {
  return { success: true, errors: [], messages: [], result };
}

function failed(status: number, code: number, message: string): FaceAnswer {
  return { status, body: { success: false, errors: [{ code, message }], messages: [], result: null } };
}
