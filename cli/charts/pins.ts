import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import { isJsonObject } from "../../constructs/core/json";
import type { StackJson } from "../../constructs/core/synth/stack-json";
import { repositoryCharts, usesMirror } from "../../constructs/kubernetes/chart-mirror/pins";
import type { ChartPin } from "../../constructs/kubernetes/chart-pin";
import { readManifest } from "../atlantis/manifest";
import type { Session } from "../session";

/** The pinned charts of a synthesized program. */
export function chartsOf(folder: string): readonly ChartPin[] {
  const stacks = readManifest(folder).map((stack) =>
    readStack(stack.id, path.join(folder, stack.folder, "cdk.tf.json")),
  );
  const pins = repositoryCharts(stacks);
  if (pins.length > 0 || !usesMirror(stacks)) return pins;
  throw StrataError.of({
    where: folder,
    problem: "its charts come from a mirror already, so it does not say where they are from",
    fix: "Leave --dir out: the configuration is then synthesized with the charts' repositories.",
  });
}

/** The pinned charts of a configuration: it is synthesized, as if it named no mirror, into a folder that goes again. */
export async function chartsOfConfiguration(session: Session, config: string): Promise<readonly ChartPin[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), "strata-charts-"));
  try {
    const out = path.join(scratch, "out");
    // The mirror is for the whole configuration, whatever part of it is built at the moment.
    const { STRATA_ONLY: _only, STRATA_ENVIRONMENT: _environment, ...env } = session.env;
    const said = await synthesize(session.root, {
      ...env,
      STRATA_CONFIG: config,
      STRATA_CHARTS: "repositories",
      CDKTF_OUTDIR: out,
    });
    if (said === undefined) return chartsOf(out);
    session.terminal.err(said);
    throw StrataError.of({
      where: config,
      problem: "can't be synthesized, so its charts are not known",
      fix: "Mend what is listed above, or name a program that was synthesized before with --dir.",
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Runs tools/synth.mjs; what it said when it failed. */
function synthesize(root: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const script = path.join(root, "tools", "synth.mjs");
    const child = spawn(process.execPath, [script], { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] });
    const said: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? undefined : Buffer.concat(said).toString("utf8").trimEnd()));
  });
}

function readStack(id: string, file: string): StackJson {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isJsonObject(json)) return { id, json };
  } catch {
    // Said below.
  }
  throw StrataError.of({ where: file, problem: "can't be read as JSON", fix: "Run `npm run synth` again." });
}
