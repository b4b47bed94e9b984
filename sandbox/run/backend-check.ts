import path from "node:path";
import { Failure } from "./failure";
import type { SandboxPaths } from "./paths";
import { readStacks, type StackJson, stackFolder } from "./program";

/**
 * Refuses a program whose state is anywhere but in the sandbox: neither a stack nor what it reads of other stacks may
 * point to real state.
 */
export function checkBackends(paths: SandboxPaths): void {
  const problems = [...readStacks(paths.out)].flatMap(([id, json]) => problemsOf(paths, id, json));
  if (problems.length > 0) {
    throw new Failure(
      `The sandbox touches local state only and refuses this program:\n${problems.map((each) => `  ${each}`).join("\n")}`,
    );
  }
}

function problemsOf(paths: SandboxPaths, id: string, json: StackJson): string[] {
  const backends = Object.entries(json.terraform?.backend ?? {});
  const [only] = backends;
  const problems: string[] = [];
  if (json.terraform?.cloud !== undefined) problems.push(`${id}: has a cloud block`);
  if (backends.length !== 1 || only?.[0] !== "local") {
    problems.push(`${id}: has the backend ${backends.map(([name]) => name).join(", ") || "(none)"} instead of local`);
  } else if (!isInside(paths, id, only[1])) {
    problems.push(`${id}: keeps its state outside ${paths.state}`);
  }
  for (const [name, data] of Object.entries(json.data?.terraform_remote_state ?? {})) {
    const { backend, config } = (data ?? {}) as { backend?: unknown; config?: unknown };
    if (backend !== "local") problems.push(`${id}: reads the state ${name} from the backend ${String(backend)}`);
    else if (!isInside(paths, id, config)) problems.push(`${id}: reads the state ${name} outside ${paths.state}`);
  }
  return problems;
}

function isInside(paths: SandboxPaths, id: string, config: unknown): boolean {
  const { path: file, workspace_dir: workspaces } = (config ?? {}) as { path?: unknown; workspace_dir?: unknown };
  if (typeof file !== "string" || workspaces !== undefined) return false;
  const resolved = path.resolve(stackFolder(paths.out, id), file);
  return path.dirname(resolved) === path.resolve(paths.state);
}
