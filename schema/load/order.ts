import type { Issue } from "../../constructs/core/errors";
import { compareTexts } from "../../constructs/core/texts";

/** Issues as a user reads files: platform.yaml first, then the environments, each from top to bottom. */
export function inOrder(issues: readonly Issue[], dir: string): Issue[] {
  const keyed = issues.map((issue) => {
    const parts = /^(.*?\.ya?ml)(?::(\d+))?/.exec(issue.where);
    const file = parts?.[1] ?? issue.where;
    const rest = file.startsWith(dir) ? file.slice(dir.length) : file;
    return { issue, depth: rest.split(/[\\/]/).length, file, line: Number(parts?.[2] ?? 0) };
  });
  keyed.sort((a, b) => a.depth - b.depth || compareTexts(a.file, b.file) || a.line - b.line);
  return keyed.map(({ issue }) => issue);
}
