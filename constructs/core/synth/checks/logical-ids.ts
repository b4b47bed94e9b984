import { TerraformDataSource, TerraformElement, TerraformOutput, TerraformResource, type TerraformStack } from "cdktf";
import type { Issue } from "../../errors";

/**
 * cdktf strips characters from top-level ids, so `a.b` and `ab` become one logical id, and of two resources with one
 * id it drops one without a word.
 */
export function checkLogicalIds(stack: TerraformStack): Issue[] {
  const seen = new Map<string, TerraformElement>();
  const issues: Issue[] = [];
  for (const element of stack.node.findAll()) {
    if (!TerraformElement.isTerraformElement(element)) continue;
    const kind = kindOf(element);
    if (kind === undefined) continue;
    const id = `${kind}.${element.friendlyUniqueId}`;
    const other = seen.get(id);
    if (other !== undefined) {
      issues.push({
        where: element.node.path,
        problem: `has the logical id ${id}, which ${other.node.path} has too: one of them would vanish`,
        fix: "Give one of them another construct id.",
      });
    }
    seen.set(id, element);
  }
  return issues;
}

function kindOf(element: TerraformElement): string | undefined {
  if (element instanceof TerraformResource) return element.terraformResourceType;
  if (element instanceof TerraformDataSource) return `data.${element.terraformResourceType}`;
  if (element instanceof TerraformOutput) return "output";
  return undefined;
}
