import { LayerStack } from "../../constructs/core/layer-stack";
import { stackId } from "../../constructs/core/names";
import { Vpc, VultrProvider } from "../../constructs/vultr";
import type { Network } from "../../schema/model";
import type { ProgramContext } from "../context";

/** A VPC: its clusters come and go without it. */
export class NetworkStack extends LayerStack {
  constructor(context: ProgramContext, network: Network) {
    const id = stackId.network(network.name);
    super(context.app, id, context.stackProps(id, { layer: 1, step: 1 }));
    new VultrProvider(this, "vultr");
    const vpc = new Vpc(this, "vpc", {
      name: network.name,
      region: network.region,
      cidr: network.cidr,
      protection: network.protection,
    });
    this.publish("vpc_id", vpc.vpcId, { description: `Id of the VPC ${network.name}` });
  }
}
