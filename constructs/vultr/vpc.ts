import { Vpc as VpcResource } from "@cdktf/provider-vultr/lib/vpc";
import { Construct } from "constructs";
import { type Protection, preventDestroy } from "../core/protection";
import { addRule, type Finding } from "../core/rules";
import { isPrivate, overlaps, parseCidr } from "./cidr";
import { regionFindings } from "./region-rule";

export interface VpcProps {
  /** Shown as the VPC's description; the only thing that can be changed later. */
  readonly name: string;
  /** Vultr region id, such as `fra`. */
  readonly region: string;
  /** Private IPv4 range in CIDR notation, such as `10.1.0.0/24`. */
  readonly cidr: string;
  readonly protection: Protection;
}

/** Ranges that VKE gives to pods and Services: nodes could not reach a VPC inside them. */
const CLUSTER_RANGES = { pods: "10.244.0.0/16", services: "10.96.0.0/12" };

/**
 * A private network.
 *
 * @see https://registry.terraform.io/providers/vultr/vultr/2.32.0/docs/resources/vpc
 */
export class Vpc extends Construct {
  readonly vpcId: string;

  constructor(scope: Construct, id: string, props: VpcProps) {
    super(scope, id);
    addRule(this, () => [...regionFindings(props.region), ...cidrFindings(props.cidr)]);
    const range = parseCidr(props.cidr);
    this.vpcId = new VpcResource(this, "resource", {
      description: props.name,
      region: props.region,
      v4Subnet: range?.address,
      v4SubnetMask: range?.prefix,
      lifecycle: { preventDestroy: preventDestroy(this, props.protection) },
    }).id;
  }
}

function cidrFindings(cidr: string): Finding[] {
  const range = parseCidr(cidr);
  if (range === undefined) {
    return [
      { problem: "the VPC's range is not an IPv4 network", value: cidr, fix: "Write a network such as 10.1.0.0/24." },
    ];
  }
  if (!isPrivate(range)) {
    return [
      {
        problem: "the VPC's range is not private",
        value: cidr,
        fix: "Take it from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.",
      },
    ];
  }
  return Object.entries(CLUSTER_RANGES)
    .filter(([, taken]) => {
      const other = parseCidr(taken);
      return other !== undefined && overlaps(range, other);
    })
    .map(([use, taken]) => ({
      problem: `the VPC's range overlaps ${taken}, which VKE uses for ${use}`,
      value: cidr,
      fix: "Choose another range.",
    }));
}
