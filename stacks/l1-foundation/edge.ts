import { CloudflareProvider, ZoneEdge } from "../../constructs/cloudflare";
import { LayerStack } from "../../constructs/core/layer-stack";
import { stackId } from "../../constructs/core/names";
import type { Zone } from "../../schema/model";
import type { ProgramContext } from "../context";

/** Settings and rulesets of one Cloudflare zone: there is one of each phase, so this stack is their one owner. */
export class EdgeStack extends LayerStack {
  constructor(context: ProgramContext, zone: Zone) {
    const id = stackId.edge(zone.name);
    super(context.app, id, context.stackProps(id, { layer: 1 }));
    new CloudflareProvider(this, "cloudflare");
    const edge = new ZoneEdge(this, "edge", {
      zone: zone.name,
      plan: zone.plan,
      customRules: zone.customRules,
      rateLimits: zone.rateLimits,
    });
    this.publish("zone_id", edge.zoneId, { description: `Id of the zone ${zone.name}` });
  }
}
