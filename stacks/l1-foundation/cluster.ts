import { LayerStack } from "../../constructs/core/layer-stack";
import { clusterLabel, stackId } from "../../constructs/core/names";
import { KubernetesCluster, VultrProvider } from "../../constructs/vultr";
import type { Cluster } from "../../schema/model";
import type { ProgramContext } from "../context";
import { clusterCost } from "../cost";
import { publishDocument } from "../environment-document";

/** A VKE cluster with its node pools. What it publishes is all that the stacks above know of it. */
export class ClusterStack extends LayerStack {
  constructor(context: ProgramContext, cluster: Cluster) {
    const id = stackId.cluster(cluster.name);
    super(context.app, id, context.stackProps(id, { layer: 1, step: 2 }));
    new VultrProvider(this, "vultr");
    const vke = new KubernetesCluster(this, "cluster", {
      name: clusterLabel(context.platform.organisation, cluster.name),
      region: cluster.region,
      version: cluster.version,
      vpcId: this.read(context.ref(stackId.network(cluster.network)), "vpc_id"),
      highlyAvailable: cluster.highlyAvailable,
      firewall: cluster.firewall,
      protection: cluster.protection,
      nodePools: cluster.nodePools,
      declaredPlans: context.platform.plans,
    });
    const secret = { sensitive: true };
    this.publish("cluster_id", vke.clusterId);
    this.publish("host", vke.host, secret);
    this.publish("cluster_ca_certificate", vke.clusterCaCertificate, secret);
    this.publish("client_certificate", vke.clientCertificate, secret);
    this.publish("client_key", vke.clientKey, secret);
    if (cluster.dedicatedTo !== undefined) publishDocument(this, context.environment(cluster.dedicatedTo));
    for (const item of clusterCost(cluster, context.platform.plans)) context.costs.push({ ...item, stack: id });
  }
}
