import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import { remembered } from "../../remember";
import type { Session } from "../../session";
import { jsonApi } from "./json-api";

const record = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  content: z.string().nullish(),
  comment: z.string().nullish(),
});
const ruleset = z.object({ id: z.string(), name: z.string().nullish(), description: z.string().nullish() });

export type DnsRecord = z.output<typeof record>;
export type Ruleset = z.output<typeof ruleset>;

/** What is read of Cloudflare. */
export interface CloudflareApi {
  /** Id of the zone of this name. */
  zoneId(name: string): Promise<string>;
  records(zone: string, name: string, type: string): Promise<readonly DnsRecord[]>;
  /** The ruleset that a phase starts with; a zone has at most one for each. */
  entryPoint(zone: string, phase: string): Promise<Ruleset | undefined>;
}

const envelope = <T>(result: z.ZodType<T>) =>
  z.object({ result, result_info: z.object({ total_pages: z.number().optional() }).nullish() });

/** Cloudflare's API v4. @see https://developers.cloudflare.com/api/ */
export function cloudflareApi(session: Session): CloudflareApi {
  const api = jsonApi(session, {
    name: "Cloudflare's API",
    base: "https://api.cloudflare.com/client/v4",
    baseVariable: "CLOUDFLARE_BASE_URL",
    tokenVariable: "CLOUDFLARE_API_TOKEN",
    rights: "Zone:Read, DNS:Read and Zone WAF:Read for the platform's zones",
  });
  const zones = envelope(z.array(z.object({ id: z.string(), name: z.string() })));
  return {
    zoneId: remembered(async (name) => {
      const answer = await api.get("zones", { name }, zones);
      const found = answer?.result.filter((zone) => zone.name.toLowerCase() === name.toLowerCase()) ?? [];
      const [zone] = found;
      if (zone !== undefined && found.length === 1) return zone.id;
      const problem = found.length === 0 ? `there is no zone ${name}` : `there are ${found.length} zones ${name}`;
      throw StrataError.of({
        where: "Cloudflare's API",
        problem: `${problem} that CLOUDFLARE_API_TOKEN may see`,
        fix: "Check which zones the token is for.",
      });
    }),
    records: async (zone, name, type) => {
      const found: DnsRecord[] = [];
      const query = { type, "name.exact": name, per_page: "100" };
      for (let page = 1, pages = 1; page <= pages; page++) {
        const path = `zones/${encodeURIComponent(zone)}/dns_records`;
        const answer = await api.get(path, { ...query, page: String(page) }, envelope(z.array(record)));
        found.push(...(answer?.result ?? []));
        pages = answer?.result_info?.total_pages ?? 1;
      }
      return found.filter((each) => each.name.toLowerCase() === name.toLowerCase() && each.type === type);
    },
    entryPoint: async (zone, phase) => {
      const path = `zones/${encodeURIComponent(zone)}/rulesets/phases/${encodeURIComponent(phase)}/entrypoint`;
      return (await api.get(path, {}, envelope(ruleset)))?.result;
    },
  };
}
