import { type Issue, StrataError } from "../../constructs/core/errors";
import type { ManifestStack } from "./manifest";

/**
 * The group of each stack: 0 without dependencies, otherwise one more than its highest dependency. Stacks of one group
 * do not depend on each other.
 */
export function orderGroups(stacks: readonly ManifestStack[]): ReadonlyMap<string, number> {
  refuseUnknown(stacks);
  const groups = new Map<string, number>();
  let left = [...stacks];
  while (left.length > 0) {
    const ready = left.filter((stack) => stack.dependencies.every((dependency) => groups.has(dependency)));
    if (ready.length === 0) throw cycle(left);
    // A stack becomes ready in the round after the last of its dependencies, so its group is one more than theirs.
    const found = ready.map(({ id, dependencies }) => [id, groupAbove(dependencies, groups)] as const);
    for (const [id, group] of found) groups.set(id, group);
    left = left.filter(({ id }) => !groups.has(id));
  }
  return groups;
}

function groupAbove(dependencies: readonly string[], groups: ReadonlyMap<string, number>): number {
  return Math.max(-1, ...dependencies.map((dependency) => groups.get(dependency) ?? 0)) + 1;
}

function refuseUnknown(stacks: readonly ManifestStack[]): void {
  const known = new Set(stacks.map(({ id }) => id));
  const issues: Issue[] = stacks.flatMap(({ id, dependencies }) =>
    dependencies
      .filter((dependency) => !known.has(dependency))
      .map((dependency) => ({
        where: id,
        problem: `depends on ${dependency}, which is not in the manifest`,
        fix: "Synthesize all of it: run `npm run synth` without --only.",
      })),
  );
  if (issues.length > 0) throw new StrataError(issues);
}

function cycle(left: readonly ManifestStack[]): StrataError {
  const ids = left.map(({ id }) => id).join(", ");
  return StrataError.of({ where: "manifest.json", problem: `these stacks depend on each other: ${ids}`, fix: "" });
}
