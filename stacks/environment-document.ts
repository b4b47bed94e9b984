import { escapeTemplates } from "../constructs/core/escape";
import type { LayerStack } from "../constructs/core/layer-stack";
import type { Environment } from "../schema/model";

/**
 * Publishes an environment's document as it was applied, in its lowest stack: an environment whose file is gone can
 * still be destroyed from it.
 */
export function publishDocument(stack: LayerStack, environment: Environment): void {
  stack.publish("environment_document", escapeTemplates(JSON.stringify(environment.document)), {
    description: `The applied document of environment ${environment.name}`,
  });
}
