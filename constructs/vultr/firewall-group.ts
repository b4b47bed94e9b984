import { FirewallGroup as FirewallGroupResource } from "@cdktf/provider-vultr/lib/firewall-group";
import { FirewallRule as FirewallRuleResource } from "@cdktf/provider-vultr/lib/firewall-rule";
import { Construct } from "constructs";
import { addRule, type Finding } from "../core/rules";
import { parseCidr } from "./cidr";

/** What a firewall admits. Everything else is dropped. */
export interface FirewallRuleSpec {
  readonly protocol: "tcp" | "udp" | "icmp" | "gre" | "esp" | "ah";
  /** A port or a range such as `8000:8100`; for tcp and udp only. @default - every port */
  readonly ports?: string;
  /** An IPv4 network in CIDR notation, or `cloudflare` for Cloudflare's ranges. */
  readonly source: string;
  /** Shown beside the rule. @default - none */
  readonly notes?: string;
}

export interface FirewallRulesProps {
  /** Id of the group: one of our own, or the one VKE makes for a cluster with a firewall. */
  readonly groupId: string;
  readonly rules: readonly FirewallRuleSpec[];
}

/**
 * Rules of a firewall group. Vultr can't change a rule, so its construct id is made of its content: another content is
 * another rule, and the order of the list means nothing.
 *
 * @see https://registry.terraform.io/providers/vultr/vultr/2.32.0/docs/resources/firewall_rule
 */
export class FirewallRules extends Construct {
  constructor(scope: Construct, id: string, props: FirewallRulesProps) {
    super(scope, id);
    addRule(this, () => ruleFindings(props.rules));
    for (const [key, rule] of new Map(props.rules.map((rule) => [keyOf(rule), rule]))) {
      const fromCloudflare = rule.source === "cloudflare";
      const range = fromCloudflare ? undefined : parseCidr(rule.source);
      new FirewallRuleResource(this, key, {
        firewallGroupId: props.groupId,
        protocol: rule.protocol,
        ipType: "v4",
        port: rule.ports,
        subnet: range?.address ?? "0.0.0.0",
        subnetSize: range?.prefix ?? 0,
        source: fromCloudflare ? "cloudflare" : undefined,
        notes: rule.notes,
      });
    }
  }
}

export interface FirewallGroupProps {
  /** Shown as the group's description. */
  readonly name: string;
  readonly rules: readonly FirewallRuleSpec[];
}

/**
 * A firewall group with its rules.
 *
 * @see https://registry.terraform.io/providers/vultr/vultr/2.32.0/docs/resources/firewall_group
 */
export class FirewallGroup extends Construct {
  readonly groupId: string;

  constructor(scope: Construct, id: string, props: FirewallGroupProps) {
    super(scope, id);
    this.groupId = new FirewallGroupResource(this, "resource", { description: props.name }).id;
    new FirewallRules(this, "rules", { groupId: this.groupId, rules: props.rules });
  }
}

function keyOf({ protocol, ports, source }: FirewallRuleSpec): string {
  return [protocol, ports ?? "any", source].join("-").replaceAll("/", "_").replaceAll(":", "_");
}

function ruleFindings(rules: readonly FirewallRuleSpec[]): Finding[] {
  const keys = rules.map(keyOf);
  return rules.flatMap((rule, index) => [
    ...(rule.source === "cloudflare" || parseCidr(rule.source)
      ? []
      : [
          {
            problem: "firewall source is not an IPv4 network",
            value: rule.source,
            fix: "Write a network such as 10.1.0.0/24.",
          },
        ]),
    ...portFindings(rule),
    ...(keys.indexOf(keyOf(rule)) === index
      ? []
      : [{ problem: `firewall rule ${keyOf(rule)} is there twice`, fix: "Leave one of them." }]),
  ]);
}

function portFindings({ protocol, ports }: FirewallRuleSpec): Finding[] {
  if (ports === undefined) return [];
  if (protocol !== "tcp" && protocol !== "udp") {
    return [{ problem: `protocol ${protocol} has no ports`, value: ports, fix: "Leave `ports` out." }];
  }
  const [from = 0, to = from] = /^\d+(:\d+)?$/.test(ports) ? ports.split(":").map(Number) : [];
  if (from >= 1 && to <= 65535 && from <= to) return [];
  return [{ problem: "firewall ports are not valid", value: ports, fix: "Write 443, or a range such as 8000:8100." }];
}
