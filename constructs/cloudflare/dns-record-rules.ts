import { isIP, isIPv4, isIPv6 } from "node:net";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { depthBelow, isHostBelow } from "../core/hosts";
import { owned } from "../core/ownership";
import type { Finding } from "../core/rules";
import type { DnsRecordProps } from "./dns-record";
import { PLAN_LIMITS } from "./plan-limits";

/** The time to live that Cloudflare calls automatic. Proxied records have no other. */
export const AUTOMATIC_TTL = 1;

/** A record as the program's ownership knows it. */
export function recordKey({ zone, name, type }: Pick<DnsRecordProps, "zone" | "name" | "type">): string {
  return `${zone}/${name}/${type}`;
}

/** What is wrong with a DNS record. */
export function recordFindings(scope: IConstruct, props: DnsRecordProps): Finding[] {
  return [
    ...nameFindings(props),
    ...proxyFindings(props),
    ...ttlFindings(props),
    ...contentFindings(props),
    ...commentFindings(props),
    ...aloneFindings(scope, props),
  ];
}

/** A label of a host name; TXT and CNAME records of checks start with an underscore. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/;

function nameFindings({ name, zone }: DnsRecordProps): Finding[] {
  if (!isHostBelow(name, zone)) {
    const fix = `Use ${zone} or a name that ends with .${zone}.`;
    return [{ problem: `DNS record is outside its zone ${zone}`, value: name, fix }];
  }
  const [first = "", ...others] = name.split(".");
  if (others.includes("*") || (first.includes("*") && first !== "*")) {
    const fix = "An asterisk stands for the whole first label, as in *.dev.example.com.";
    return [{ problem: "DNS record has its wildcard in the wrong place", value: name, fix }];
  }
  if (name.length <= 253 && [first === "*" ? "any" : first, ...others].every((label) => LABEL.test(label))) return [];
  const fix = "Use labels of lower-case letters, digits and hyphens, at most 63 characters each.";
  return [{ problem: "DNS record name is not valid", value: name, fix }];
}

function proxyFindings({ name, zone, type, proxied }: DnsRecordProps): Finding[] {
  if (!proxied) return [];
  const findings: Finding[] = [];
  if (type === "TXT") {
    findings.push({ problem: "a TXT record can't be proxied", value: name, fix: "Set `proxied` to false." });
  }
  if (isHostBelow(name, zone) && depthBelow(name, zone) > 1) {
    findings.push({
      problem: `proxied host is deeper than the edge certificate of ${zone} covers`,
      value: name,
      fix: "Universal SSL covers the zone and its first level: shorten the host, or make the record DNS-only.",
    });
  }
  return findings;
}

function ttlFindings({ name, plan, proxied, ttl = AUTOMATIC_TTL }: DnsRecordProps): Finding[] {
  if (ttl === AUTOMATIC_TTL) return [];
  if (proxied) {
    return [
      { problem: `proxied record ${name} has a time to live`, value: ttl, fix: "Leave `ttl` out: it is automatic." },
    ];
  }
  const shortest = PLAN_LIMITS[plan].shortestTtl;
  if (Number.isInteger(ttl) && ttl >= shortest && ttl <= 86400) return [];
  const fix = `Plan ${plan} takes ${shortest} to 86400 seconds.`;
  return [{ problem: `record ${name} has a time to live that Cloudflare does not take`, value: ttl, fix }];
}

function contentFindings({ name, type, content }: DnsRecordProps): Finding[] {
  if (Token.isUnresolved(content)) return [];
  const fits = {
    A: () => isIPv4(content),
    AAAA: () => isIPv6(content),
    CNAME: () => isIP(content) === 0 && content.split(".").every((label) => LABEL.test(label)),
    TXT: () => content !== "",
  }[type]();
  if (fits) return [];
  const wanted = { A: "an IPv4 address", AAAA: "an IPv6 address", CNAME: "a host name", TXT: "a text" }[type];
  return [{ problem: `${type} record ${name} has the wrong content`, value: content, fix: `Give ${wanted}.` }];
}

function commentFindings({ name, plan, comment = "" }: DnsRecordProps): Finding[] {
  const limit = PLAN_LIMITS[plan].commentLength;
  if (comment.length <= limit) return [];
  const fix = `Plan ${plan} takes ${limit} characters.`;
  return [{ problem: `record ${name} has a comment that is too long`, value: comment.length, fix }];
}

/** A CNAME tolerates no other record of its name. */
function aloneFindings(scope: IConstruct, props: DnsRecordProps): Finding[] {
  if (props.type !== "CNAME") return [];
  const prefix = `${props.zone}/${props.name}/`;
  return owned(scope.node.root, "dns-record")
    .filter(({ key }) => key.startsWith(prefix) && key !== recordKey(props))
    .map(({ key, owner }) => ({
      problem: `CNAME record ${props.name} stands beside a ${key.slice(prefix.length)} record (${owner})`,
      fix: "A name with a CNAME has no other record: leave one of them.",
    }));
}
