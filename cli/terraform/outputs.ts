import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import { errorField } from "../error-field";

/** The outputs of a deployed stack, by name; empty when it was never applied. */
export type OutputReader = (stack: string) => Promise<ReadonlyMap<string, unknown>>;

type Environment = Readonly<Record<string, string | undefined>>;

const program = z.object({ terraform: z.object({ backend: z.record(z.string(), z.record(z.string(), z.unknown())) }) });
const outputs = z.record(z.string(), z.object({ value: z.unknown() }));

/**
 * Reads outputs from the state of stacks of a synthesized program. Each stack's backend alone is set up in a folder of
 * its own for the moment: no provider is needed, and nothing in the stack's folder changes.
 */
export function terraformOutputs(folder: string, env: Environment): OutputReader {
  const known = new Map<string, Promise<ReadonlyMap<string, unknown>>>();
  return (stack) => {
    const reading = known.get(stack) ?? readOutputs(path.join(folder, "stacks", stack), stack, env);
    known.set(stack, reading);
    return reading;
  };
}

async function readOutputs(folder: string, stack: string, env: Environment): Promise<ReadonlyMap<string, unknown>> {
  const backend = backendOf(folder, stack);
  const scratch = mkdtempSync(path.join(tmpdir(), "strata-outputs-"));
  try {
    writeFileSync(path.join(scratch, "backend.tf.json"), JSON.stringify({ terraform: { backend } }), { mode: 0o600 });
    await terraform(["init", "-input=false", "-no-color"], scratch, stack, env);
    const text = await terraform(["output", "-json", "-no-color"], scratch, stack, env);
    return new Map(Object.entries(outputs.parse(JSON.parse(text))).map(([name, { value }]) => [name, value]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function backendOf(folder: string, stack: string) {
  let text: string;
  try {
    text = readFileSync(path.join(folder, "cdk.tf.json"), "utf8");
  } catch {
    const fix = "Synthesize all of it: run `npm run synth` without --only.";
    throw StrataError.of({ where: folder, problem: `the stack ${stack} is not part of this synth`, fix });
  }
  const { backend } = program.parse(JSON.parse(text)).terraform;
  const local = backend.local;
  if (typeof local?.path !== "string") return backend;
  return { local: { ...local, path: path.resolve(folder, local.path) } };
}

/** Runs Terraform; its standard output stays in memory, because it may hold secrets. */
async function terraform(args: readonly string[], cwd: string, stack: string, env: Environment): Promise<string> {
  const binary = env.TERRAFORM_BINARY_NAME ?? "terraform";
  try {
    const run = promisify(execFile);
    const { stdout } = await run(binary, [...args], { cwd, env: quiet(env), maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    if (errorField(error, "code") === "ENOENT") {
      const fix = "Install Terraform 1.11 or newer, or name it with TERRAFORM_BINARY_NAME.";
      throw StrataError.of({ where: binary, problem: "no such command", fix });
    }
    const said = errorField(error, "stderr").replaceAll(/[│╷╵]/g, "").replaceAll(/\s+/g, " ").trim();
    throw StrataError.of({
      where: `state of ${stack}`,
      problem: `terraform ${args[0]} failed: ${said || "no message"}`,
      fix: "Check the credentials of the state backend.",
    });
  }
}

/** No settings of another project, and no log: Terraform's log holds values. */
function quiet(env: Environment): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^TF_(LOG|CLI_ARGS|DATA_DIR|WORKSPACE)/.test(name));
  return { ...Object.fromEntries(kept), TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
}
