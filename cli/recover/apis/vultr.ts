import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import { remembered } from "../../remember";
import type { Session } from "../../session";
import { jsonApi } from "./json-api";

/** An object of the account, with the fields that tell it apart; never with the keys of a store. */
export type VultrObject = Readonly<Record<string, string>> & { readonly id: string };

/** Reads all pages of a list, once. */
export type VultrLists = (path: string, key: string) => Promise<readonly VultrObject[]>;

const FIELDS = [
  ...["name", "label", "description", "region", "status", "tag", "plan", "v4_subnet", "v4_subnet_mask", "cluster_id"],
  ...["ip_type", "protocol", "port", "subnet", "subnet_size", "source"],
];

const page = z.looseObject({
  meta: z.object({ links: z.object({ next: z.string().nullish() }).nullish() }).nullish(),
});
const items = z.array(z.record(z.string(), z.unknown())).nullish();

/** Vultr's API v2. @see https://www.vultr.com/api/ */
export function vultrLists(session: Session): VultrLists {
  const api = jsonApi(session, {
    name: "Vultr's API",
    base: "https://api.vultr.com/v2",
    baseVariable: "VULTR_API_URL",
    tokenVariable: "VULTR_API_KEY",
    rights: "access to the account",
  });
  const all = remembered(async (list) => {
    const [path = "", key = ""] = list.split(" ");
    const found: VultrObject[] = [];
    const cursors = new Set<string>();
    for (let cursor = ""; !cursors.has(cursor); ) {
      cursors.add(cursor);
      const answer = await api.get(path, { per_page: "500", ...(cursor !== "" && { cursor }) }, page);
      found.push(...objectsOf(path, answer?.[key]));
      cursor = answer?.meta?.links?.next ?? "";
      if (cursor === "") return found;
    }
    throw failure(path, "its pages go round in a circle");
  });
  return (path, key) => all(`${path} ${key}`);
}

function objectsOf(path: string, list: unknown): VultrObject[] {
  const parsed = items.safeParse(list);
  if (!parsed.success) throw failure(path, "the answer is not what the API's description says");
  return (parsed.data ?? []).map((item) => {
    const fields = FIELDS.map((name) => [name, String(item[name] ?? "")] as const);
    // Buckets have no other id than their name.
    return { ...Object.fromEntries(fields), id: String(item.id ?? item.name) };
  });
}

function failure(path: string, problem: string): StrataError {
  return StrataError.of({ where: "Vultr's API", problem: `GET ${path}: ${problem}`, fix: "Check VULTR_API_URL." });
}
