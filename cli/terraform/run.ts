import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { type Issue, StrataError } from "../../constructs/core/errors";
import { errorField } from "../error-field";

/** What Terraform may see of the user's environment, before its own settings are taken out. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Runs one command of Terraform; answers its standard output, which may hold secrets. */
export type RunTerraform = (...args: readonly string[]) => Promise<string>;

/** Terraform ended with an error. */
export class TerraformFailure extends StrataError {
  constructor(
    issue: Issue,
    /** What it wrote to its standard error. */
    readonly said: string,
  ) {
    super([issue]);
  }
}

/**
 * Sets up the backend of a synthesized stack, and nothing else of it, in a folder of its own for the moment: no provider
 * is fetched, and nothing in the stack's folder changes.
 *
 * @param folder output folder of synth
 */
export async function withBackend<T>(
  folder: string,
  stack: string,
  env: Environment,
  work: (run: RunTerraform) => Promise<T>,
): Promise<T> {
  const backend = backendOf(path.join(folder, "stacks", stack), stack);
  const scratch = mkdtempSync(path.join(tmpdir(), "strata-outputs-"));
  const run: RunTerraform = (...args) => terraform(args, scratch, stack, env);
  try {
    writeFileSync(path.join(scratch, "backend.tf.json"), JSON.stringify({ terraform: { backend } }), { mode: 0o600 });
    writeFileSync(path.join(scratch, NO_PROVIDERS), "provider_installation {}\n");
    await run("init", "-input=false", "-no-color").catch(onlyProvidersMissing);
    return await work(run);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A CLI configuration by which Terraform looks for providers nowhere. */
const NO_PROVIDERS = "no-providers.tfrc";

/**
 * `init` wants every provider that the state names, hundreds of megabytes that reading a state has no use for. It looks
 * for them after it has set up the backend: where nothing but they are missing, all that is needed is there.
 */
function onlyProvidersMissing(error: unknown): string {
  if (error instanceof TerraformFailure && /Failed to query available provider packages/.test(error.said)) return "";
  throw error;
}

/** File of a local state; undefined for a state that is kept elsewhere. @param folder output folder of synth */
export function localStateFile(folder: string, stack: string): string | undefined {
  const { local } = backendOf(path.join(folder, "stacks", stack), stack);
  return typeof local?.path === "string" ? local.path : undefined;
}

const program = z.object({ terraform: z.object({ backend: z.record(z.string(), z.record(z.string(), z.unknown())) }) });

function backendOf(folder: string, stack: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
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

/** Its standard output stays in memory, because it may hold secrets. */
async function terraform(args: readonly string[], cwd: string, stack: string, env: Environment): Promise<string> {
  const binary = env.TERRAFORM_BINARY_NAME ?? "terraform";
  try {
    const run = promisify(execFile);
    const { stdout } = await run(binary, [...args], { cwd, env: quiet(env, cwd), maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    if (errorField(error, "code") === "ENOENT") {
      const fix = "Install Terraform 1.11 or newer, or name it with TERRAFORM_BINARY_NAME.";
      throw StrataError.of({ where: binary, problem: "no such command", fix });
    }
    const stderr = errorField(error, "stderr");
    const said = stderr.replaceAll(/[│╷╵]/g, "").replaceAll(/\s+/g, " ").trim();
    throw new TerraformFailure({ where: `state of ${stack}`, ...explain(args[0] ?? "", said) }, stderr);
  }
}

function explain(command: string, said: string) {
  if (said.includes("Unsupported state file format")) {
    const problem = "is cut off: Terraform was killed while it wrote it";
    return { problem, fix: "Put back the copy beside it (.backup), or its last version in the bucket." };
  }
  const problem = `terraform ${command} failed: ${said || "no message"}`;
  return { problem, fix: "Check the credentials of the state backend." };
}

/**
 * No settings of another project, and no log: Terraform's log holds values. A state is read with the credentials of its
 * backend; those of Vault and the clouds, and values that a person supplies, are none of its business.
 */
function quiet(env: Environment, folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !NOT_FOR_TERRAFORM.test(name));
  return {
    ...Object.fromEntries(kept),
    TF_CLI_CONFIG_FILE: path.join(folder, NO_PROVIDERS),
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
  };
}

const NOT_FOR_TERRAFORM = /^(TF_(LOG|CLI_ARGS|DATA_DIR|WORKSPACE)|VAULT_|VULTR_|CLOUDFLARE_|STRATA_)/;
