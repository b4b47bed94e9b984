import { type App, TerraformResource, TerraformStack } from "cdktf";
import { escapeTemplates } from "./escape";
import { nearest } from "./nearest";
import { addRule, type Finding } from "./rules";

/** An object that exists and belongs to a resource whose state does not know it. */
export interface Import {
  /** Address of the resource in its stack, as in `vultr_vpc.main`. */
  readonly to: string;
  /** What the provider imports the object by. */
  readonly id: string;
}

/** Imports by the id of their stack. */
export type Imports = Readonly<Record<string, readonly Import[]>>;

/**
 * Adds import blocks to the stacks: their next apply takes the objects into the state, and their plan shows it. For what
 * is in the state already, Terraform does nothing.
 *
 * @param options.complete - whether every stack of the configuration is in this build: only then is a stack that is not
 * there a mistake
 * @see https://developer.hashicorp.com/terraform/language/block/import
 */
export function takeIn(app: App, imports: Imports, options: { readonly complete: boolean }): void {
  for (const [id, entries] of Object.entries(imports)) {
    const stack = app.node.tryFindChild(id);
    if (stack !== undefined && TerraformStack.isStack(stack)) addImports(stack, entries);
    else if (options.complete) addRule(app, () => [unknownStack(app, id)]);
  }
}

function addImports(stack: TerraformStack, entries: readonly Import[]): void {
  if (entries.length === 0) return;
  addRule(stack, () => unknownTargets(stack, entries));
  const blocks = entries.map(({ to, id }) => ({ to, id: escapeTemplates(id) }));
  stack.addOverride("import", blocks);
}

function unknownStack(app: App, id: string): Finding {
  const known = app.node.children.map(({ node }) => node.id);
  return {
    problem: `imports.json takes objects into ${id}, which is no stack of this configuration`,
    fix: fix(id, known),
  };
}

function unknownTargets(stack: TerraformStack, entries: readonly Import[]): Finding[] {
  const known = stack.node
    .findAll()
    .filter((each): each is TerraformResource => each instanceof TerraformResource)
    .map((resource) => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`);
  return entries
    .filter(({ to }) => !known.includes(to))
    .map(({ to }) => ({
      problem: `imports.json takes an object in at ${to}, which is not in this stack`,
      fix: fix(to, known),
    }));
}

function fix(wrong: string, known: readonly string[]): string {
  const close = nearest(wrong, known);
  return `${close.length === 0 ? "" : `Did you mean ${close.join(" or ")}? `}Otherwise take it out of imports.json.`;
}
