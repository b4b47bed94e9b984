import type { Issue } from "../../constructs/core/errors";

/** Issues as a user reads files: platform.yaml first, then the environments, each from top to bottom. */
export function inOrder(issues: readonly Issue[], dir: string): Issue[] {
  const keyed = issues.map((issue) => {
    const parts = /^(.*?\.ya?ml)(?::(\d+))?/.exec(issue.where);
    const file = parts?.[1] ?? issue.where;
    const rest = file.startsWith(dir) ? file.slice(dir.length) : file;
    return { issue, depth: rest.split(/[\\/]/).length, file, line: Number(parts?.[2] ?? 0) };
  });
  keyed.sort((a, b) => a.depth - b.depth || compare(a.file, b.file) || a.line - b.line);
  return keyed.map(({ issue }) => issue);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
