import { type App, TerraformStack } from "cdktf";
import { type Issue, StrataError } from "../errors";
import { checkIdentity } from "../identity/against-program";
import type { JsonObject } from "../json";
import { runRules } from "../rules";
import { checkHosts } from "./checks/hosts";
import { checkLogicalIds } from "./checks/logical-ids";
import { checkNamespaces } from "./checks/namespaces";
import { checkProviders, checkReferences } from "./checks/references";
import { checkEscaping, checkPaths, checkRefusedKinds, checkReleases } from "./checks/resources";
import type { StackJson } from "./stack-json";

export type { StackJson } from "./stack-json";

const JSON_CHECKS: readonly ((stack: StackJson) => Issue[])[] = [
  checkReferences,
  checkProviders,
  checkRefusedKinds,
  checkReleases,
  checkEscaping,
  checkPaths,
];

/**
 * Validates and renders the whole program in one pass. cdktf validates stack by stack and has written the first ones
 * when a later one fails; here nothing is written until everything holds. Its preparing pass is left out: all it would
 * add are the implicit cross-stack references that are refused here, and it resolves the whole tree once more.
 *
 * @param options.complete - whether every stack of the configuration is in this build
 * @throws StrataError with every failure of the whole tree
 */
export function renderProgram(app: App, options: { readonly complete: boolean }): readonly StackJson[] {
  const stacks = stacksOf(app);
  const issues = [
    ...runRules(app),
    ...stacks.flatMap(checkLogicalIds),
    ...checkNamespaces(app, options.complete),
    ...checkHosts(app, options.complete),
    ...checkIdentity(app, options.complete),
  ];
  const rendered = stacks.map((stack) => ({ id: stack.node.id, json: stack.toTerraform() as JsonObject }));
  issues.push(...rendered.flatMap((stack) => JSON_CHECKS.flatMap((check) => check(stack))));
  if (issues.length > 0) throw new StrataError(issues);
  return rendered;
}

/** The stacks of an app, in the order of their creation. */
export function stacksOf(app: App): TerraformStack[] {
  return app.node.children.filter((child): child is TerraformStack => TerraformStack.isStack(child));
}
