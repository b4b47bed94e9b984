import type { CloudflareApi, DnsRecord } from "../apis/cloudflare";
import type { Lookups, Sighting } from "../sighting";
import type { Values } from "../values";

/** Looks for DNS records and for the rulesets of phases. */
export function cloudflareLookups(api: CloudflareApi, values: Values): Lookups {
  return {
    cloudflare_dns_record: async (resource) => {
      const zone = await values.need(resource, "zone_id");
      const name = await values.need(resource, "name");
      const type = await values.need(resource, "type");
      // An address that is known at apply only can't be compared; then the comment tells whose the record is.
      const content = await values.text(resource, "content").catch(() => undefined);
      const comment = await values.text(resource, "comment");
      return judgeRecords(zone, await api.records(zone, name, type), content, comment);
    },
    cloudflare_ruleset: async (resource) => {
      const zone = await values.need(resource, "zone_id");
      const phase = await values.need(resource, "phase");
      const found = await api.entryPoint(zone, phase);
      if (found === undefined) return { is: "absent" };
      const importId = `zones/${zone}/${found.id}`;
      const description = await values.text(resource, "description");
      const name = await values.text(resource, "name");
      if (found.description === description || found.name === name) return { is: "there", id: found.id, importId };
      return {
        is: "unclear",
        problem: `the zone's ruleset of phase ${phase} is not of this program: ${found.id}, "${found.name ?? ""}"`,
        fix: "Delete it, or write it into imports.json: the next deployment then replaces its rules.",
        candidates: [importId],
      };
    },
  };
}

/** Several records may have one name and type: ours has our content, or the comment that names its stack. */
function judgeRecords(
  zone: string,
  records: readonly DnsRecord[],
  content: string | undefined,
  comment: string | undefined,
): Sighting {
  const identical = records.filter((each) => content !== undefined && bare(each.content) === bare(content));
  const marked = records.filter((each) => comment !== undefined && each.comment === comment);
  const ours = identical.length > 0 ? identical : marked;
  const [record] = ours;
  if (record === undefined) return records.length === 0 ? { is: "absent" } : { is: "absent", note: beside(records) };
  const candidates = ours.map(({ id }) => `${zone}/${id}`);
  if (ours.length === 1) return { is: "there", id: record.id, importId: `${zone}/${record.id}` };
  const problem = `there are ${ours.length} such records of this program: ${ours.map(({ id }) => id).join(", ")}`;
  return {
    is: "unclear",
    problem,
    fix: "Delete what is too much, or write the right one into imports.json.",
    candidates,
  };
}

function beside(records: readonly DnsRecord[]): string {
  return `the zone has records of its name and type that are not of this program: ${records.map(({ id }) => id).join(", ")}`;
}

/** The API puts the content of TXT records into quotes. */
function bare(content: string | null | undefined): string {
  return (content ?? "").replace(/^"(.*)"$/, "$1");
}
