import { DnsRecord as DnsRecordResource } from "@cdktf/provider-cloudflare/lib/dns-record";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { claimOwnership } from "../core/ownership";
import { addRule } from "../core/rules";
import { AUTOMATIC_TTL, recordFindings, recordKey } from "./dns-record-rules";
import type { ZonePlan } from "./zone-edge/rules";

export interface DnsRecordProps {
  /** DNS name of the zone; its owner is the zone's edge stack. */
  readonly zone: string;
  /** Id of the zone, as the edge stack publishes it. */
  readonly zoneId: string;
  /** Plan of the zone: it limits time to live and comment. */
  readonly plan: ZonePlan;
  /** Full name, such as `openpanel-staging.acme.example`; `*` may stand for its first label. */
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME" | "TXT";
  /** Address, name or text; often a token. */
  readonly content: string;
  /** Through Cloudflare's proxy (A, AAAA and CNAME), whose certificate covers the first level below the zone. */
  readonly proxied: boolean;
  /** Time to live in seconds, for records that are not proxied. @default - automatic */
  readonly ttl?: number;
  /** @default - none */
  readonly comment?: string;
  /** @default - the stack's own provider */
  readonly provider?: TerraformProvider;
}

/**
 * A DNS record. The stack that owns a route owns its record.
 *
 * @see https://registry.terraform.io/providers/cloudflare/cloudflare/5.14.0/docs/resources/dns_record
 */
export class DnsRecord extends Construct {
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: DnsRecordProps) {
    super(scope, id);
    claimOwnership(this, "dns-record", recordKey(props));
    addRule(this, () => recordFindings(this, props));
    this.ready = new DnsRecordResource(this, "resource", {
      provider: props.provider,
      zoneId: props.zoneId,
      // Always the full name: provider 5.14 shows a difference for ever when it is relative to the zone.
      name: props.name,
      type: props.type,
      content: props.content,
      proxied: props.proxied,
      ttl: props.ttl ?? AUTOMATIC_TTL,
      comment: props.comment,
    });
  }
}
