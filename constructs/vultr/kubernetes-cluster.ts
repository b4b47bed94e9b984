import { Kubernetes } from "@cdktf/provider-vultr/lib/kubernetes";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { StrataError } from "../core/errors";
import { isDnsLabel } from "../core/names";
import { type Protection, preventDestroy } from "../core/protection";
import { addRule, type Finding } from "../core/rules";
import type { DeclaredPlans } from "./catalogue";
import { fixedChoices } from "./fixed-choices";
import { poolFindings } from "./node-pool-rules";
import type { NodePoolSpec } from "./node-pool-spec";
import { NodePools, poolArguments } from "./node-pools";
import { regionFindings } from "./region-rule";

export interface KubernetesClusterProps {
  /** Label of the cluster. VKE has no tags: the name tells whose it is. */
  readonly name: string;
  /** Vultr region id. Can't be changed after creation. */
  readonly region: string;
  /** Exact VKE version, such as `v1.36.1+1`. Another one upgrades the cluster, which replaces its nodes. */
  readonly version: string;
  /** Can't be changed after creation. */
  readonly vpcId: string;
  /** Highly available control plane. Can't be changed after creation. */
  readonly highlyAvailable: boolean;
  /** Firewall group managed by Vultr. Can't be changed after creation. */
  readonly firewall: boolean;
  readonly protection: Protection;
  /** The first one is created with the cluster and stays as it is: keep it small. */
  readonly nodePools: readonly NodePoolSpec[];
  /** Plans that the catalogue does not know. @default - none */
  readonly declaredPlans?: DeclaredPlans;
}

/**
 * A VKE cluster with its node pools.
 *
 * @see https://registry.terraform.io/providers/vultr/vultr/2.32.0/docs/resources/kubernetes
 */
export class KubernetesCluster extends Construct {
  readonly clusterId: string;
  /** Id of the firewall group that Vultr made for the cluster; empty without `firewall`. */
  readonly firewallGroupId: string;
  /** URL of the API server. Sensitive, because it is taken from the kubeconfig: Vultr exports it nowhere else. */
  readonly host: string;
  /** Base64, as exported. Sensitive. */
  readonly clusterCaCertificate: string;
  /** Base64, as exported. Sensitive. */
  readonly clientCertificate: string;
  /** Base64, as exported. Sensitive. */
  readonly clientKey: string;

  constructor(scope: Construct, id: string, props: KubernetesClusterProps) {
    super(scope, id);
    const [first, ...others] = props.nodePools;
    if (first === undefined) {
      const fix = "Add a pool: VKE creates the first one with the cluster.";
      throw StrataError.of({ where: this.node.path, problem: "the cluster has no node pool", fix });
    }
    addRule(this, () => [...clusterFindings(props), ...poolFindings(props.nodePools, props.declaredPlans)]);
    const cluster = new Kubernetes(this, "resource", {
      label: props.name,
      region: props.region,
      version: props.version,
      vpcId: props.vpcId,
      haControlplanes: props.highlyAvailable,
      enableFirewall: props.firewall,
      nodePools: poolArguments(first),
      lifecycle: { preventDestroy: preventDestroy(this, props.protection), ...fixedChoices(props, first) },
    });
    new NodePools(this, "pools", { clusterId: cluster.id, pools: others });

    this.clusterId = cluster.id;
    this.firewallGroupId = cluster.firewallGroupId;
    const kubeconfig = Fn.yamldecode(Fn.base64decode(cluster.kubeConfig));
    const firstCluster = Fn.element(Fn.lookupNested(kubeconfig, ["clusters"]), 0);
    this.host = Token.asString(Fn.lookupNested(firstCluster, ["cluster", "server"]));
    this.clusterCaCertificate = cluster.clusterCaCertificate;
    this.clientCertificate = cluster.clientCertificate;
    this.clientKey = cluster.clientKey;
  }
}

function clusterFindings(props: KubernetesClusterProps): Finding[] {
  const findings = regionFindings(props.region);
  if (!isDnsLabel(props.name)) {
    const fix = "Use at most 63 lower-case letters, digits and hyphens.";
    findings.push({ problem: "cluster name is not valid", value: props.name, fix });
  }
  if (!/^v\d+\.\d+\.\d+\+\d+$/.test(props.version)) {
    const fix = "Write the exact version with its build number, such as v1.36.1+1.";
    findings.push({ problem: "VKE version is not exact", value: props.version, fix });
  }
  if (props.protection === "retain" && !props.highlyAvailable) {
    const fix = "Make its control plane highly available: that can't be changed after creation.";
    findings.push({ problem: "a retained cluster is not highly available", fix });
  }
  if (props.protection === "retain" && !props.firewall) {
    const fix = "Switch its firewall on: that can't be changed after creation.";
    findings.push({ problem: "a retained cluster has no firewall", fix });
  }
  return findings;
}
