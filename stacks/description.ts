import type { JsonObject } from "../constructs/core/json";
import { LayerStack } from "../constructs/core/layer-stack";
import { clusterLabel } from "../constructs/core/names";
import type { ProgramContext } from "./context";
import { COST_EXCLUDES } from "./cost";

/** What the program says of itself beside the stacks: their order, every route with its class, and the list price. */
export function describeProgram(context: ProgramContext): JsonObject {
  const stacks = context.app.node.children.filter((child): child is LayerStack => child instanceof LayerStack);
  const items = context.costs.map((item) => ({ ...item }));
  return {
    schemaVersion: 1,
    organisation: context.platform.organisation,
    clusters: context.platform.clusters.map(({ name, central }) => ({
      name,
      label: clusterLabel(context.platform.organisation, name),
      central,
    })),
    stacks: stacks.map((stack) => ({
      id: stack.node.id,
      layer: stack.position.layer,
      dependencies: stack.dependencies.map((dependency) => dependency.node.id).sort(),
    })),
    hosts: context.routes.flatMap(({ stack, routes }) => routes.map((route) => ({ ...route, stack }))),
    cost: {
      currency: "USD",
      monthly: items.reduce((sum, item) => sum + item.monthly, 0),
      items,
      excludes: COST_EXCLUDES,
    },
  };
}
