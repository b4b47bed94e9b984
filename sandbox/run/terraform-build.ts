import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { Failure } from "./failure";
import type { Processes } from "./processes";
import { BUILT, builtTerraform, type TerraformBinary } from "./terraform-binary";

const MODULE = "github.com/hashicorp/terraform";
/** A release, not a development version: as HashiCorp builds it. */
const LINKED = "-s -w -X github.com/hashicorp/terraform/version.dev=no";

/** What a build needs. Go runs with the user's own environment: it has to reach the module proxy. */
export interface BuildOptions {
  readonly go: string;
  readonly tools: string;
  readonly processes: Processes;
  readonly env: Record<string, string>;
  readonly say: (line: string) => void;
}

/**
 * Builds Terraform from its Go module, for the sandbox only: the remote backends are modules of their own that the
 * module proxy does not carry at this version, so they are left out, and only local state works.
 */
export async function buildTerraform({ go, tools, processes, env, say }: BuildOptions): Promise<TerraformBinary> {
  const file = builtTerraform(tools);
  const source = path.join(tools, `terraform-${BUILT}-source`);
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  say(`Downloading the source of Terraform ${BUILT} ...`);
  const downloaded = await processes.run(go, ["mod", "download", "-json", `${MODULE}@v${BUILT}`], { cwd: source, env });
  const folder = folderOf(downloaded.output);
  if (folder === undefined) throw failed("cannot be downloaded", downloaded.output);
  cpSync(folder, source, { recursive: true });
  makeWritable(source);
  leaveOutMissingModules(source);
  say("Building it; this takes one to five minutes ...");
  const target = `${file}.part`;
  mkdirSync(path.dirname(file), { recursive: true });
  const built = await processes.run(go, ["build", "-mod=mod", "-trimpath", "-ldflags", LINKED, "-o", target, "."], {
    cwd: source,
    env: { ...env, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" },
    onOutput: (text) => say(text.trim().split("\n").at(-1) ?? ""),
  });
  if (built.code !== 0) throw failed("does not build", built.output);
  cpSync(target, file);
  rmSync(target);
  rmSync(source, { recursive: true, force: true });
  say(`Terraform ${BUILT} is ready: ${file}`);
  return { file, version: BUILT };
}

function folderOf(json: string): string | undefined {
  try {
    return (JSON.parse(json.slice(json.indexOf("{"))) as { Dir?: string }).Dir;
  } catch {
    return undefined;
  }
}

/** The module cache is read-only. */
function makeWritable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (statSync(file).isDirectory()) makeWritable(file);
    else chmodSync(file, 0o644);
  }
}

/** Puts empty modules where go.mod expects folders that the download does not have. */
function leaveOutMissingModules(source: string): void {
  const file = path.join(source, "go.mod");
  const text = readFileSync(file, "utf8");
  // Settings of a newer or older Go are errors to another one.
  writeFileSync(file, text.replace(/^godebug .*$/gm, ""));
  for (const [, name, folder] of text.matchAll(/^replace (\S+) => (\.\/\S+)$/gm)) {
    if (name === undefined || folder === undefined || existsSync(path.join(source, folder, "go.mod"))) continue;
    mkdirSync(path.join(source, folder), { recursive: true });
    writeFileSync(path.join(source, folder, "go.mod"), `module ${name}\n\ngo 1.23\n`);
    if (name.includes("/remote-state/")) writeFileSync(path.join(source, folder, "backend.go"), absentBackend(name));
  }
}

function absentBackend(module: string): string {
  return `package ${module.split("/").at(-1)}

import "${MODULE}/internal/backend"

// New stands for a backend that this build does not have.
func New() backend.Backend {
	panic("this Terraform was built for the sandbox: it has local state only")
}
`;
}

function failed(what: string, output: string): Failure {
  const last = output.trim().split("\n").slice(-12).join("\n");
  return new Failure(
    `Terraform ${BUILT} ${what}:\n${last}\nGet it from https://developer.hashicorp.com/terraform/install instead.`,
  );
}
