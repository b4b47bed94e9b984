import path from "node:path";
import type { Import } from "../../constructs/core/imports";
import type { Session } from "../session";
import { readImportsFile, writeImportsFile } from "./imports-file";
import { openEyes } from "./lookups";
import { chosenStacks, readProgram } from "./program";
import { recoverStack } from "./recover";
import { printReport, RecoverReport } from "./report";
import { States } from "./states";

export interface RecoverOptions {
  readonly dir: string;
  /** @default STRATA_CONFIG, or else `config` */
  readonly config?: string;
  /** Ids of stacks. @default all of them */
  readonly stack?: readonly string[];
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `strata recover`: 0 done or nothing to do, 1 a problem, 2 a dry run that would change something. */
export async function recover(session: Session, options: RecoverOptions): Promise<number> {
  const { env, cwd } = session;
  const folder = path.resolve(cwd, options.dir);
  const { file, imports } = readImportsFile(path.resolve(cwd, options.config ?? env.STRATA_CONFIG ?? "config"));
  const program = readProgram(folder);
  const chosen = chosenStacks(program, options.stack ?? []);
  const report = new RecoverReport();
  const states = await States.read(folder, session, program, chosen, report);
  const dryRun = options.dryRun === true;
  const recovery = {
    states,
    eyes: openEyes(session, program, states),
    report,
    dryRun,
    force: options.force === true,
    namesakes: (env.VULTR_API_KEY ?? "") !== "",
  };
  const next = new Map<string, readonly Import[]>(Object.entries(imports));
  for (const stack of chosen) next.set(stack.id, await recoverStack(stack, next.get(stack.id) ?? [], recovery));
  if (!dryRun) writeImportsFile(file, Object.fromEntries(next));
  const entries = [...next].flatMap(([stack, list]) => list.map(({ to, id }) => ({ stack, to, id })));
  printReport(session, report, { file: path.relative(cwd, file), entries }, { dryRun, json: options.json === true });
  if (report.problems.length > 0) return 1;
  return dryRun && report.changed ? 2 : 0;
}
