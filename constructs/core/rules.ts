import type { IConstruct } from "constructs";
import { describe, type Issue } from "./errors";

/** What a rule reports: an issue without its place, which is the construct it was added to. */
export type Finding = Omit<Issue, "where">;

/**
 * Adds a synth-time rule to a construct. All rules of the whole program run before anything is written, and every
 * finding is reported with the construct's path, so a user sees all failures at once.
 */
export function addRule(scope: IConstruct, check: () => readonly Finding[]): void {
  scope.node.addValidation({ validate: () => check().map(describe) });
}

/** Runs every rule below a construct. */
export function runRules(root: IConstruct): Issue[] {
  return root.node
    .findAll()
    .flatMap((construct) =>
      construct.node.validate().map((problem) => ({ where: construct.node.path || "the program", problem, fix: "" })),
    );
}
