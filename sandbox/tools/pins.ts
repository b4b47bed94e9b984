import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../root";
import { packageOf, type Tool } from "./catalogue";

/** What is pinned for a tool, and the Go command that makes it. */
export interface Pins {
  /** The version in go.mod. */
  readonly version: string;
  /** The Go that its go.mod asks for. */
  readonly minimumGo: string;
  /** Folder of the go.mod: where Go runs. */
  readonly folder: string;
  readonly flags: readonly string[];
  readonly package: string;
  /** Changes with everything that the binary is made from, but for the Go that makes it. */
  readonly hash: string;
}

/** The folder of the committed Go modules. */
export function modulesFolder(): string {
  return path.join(repositoryRoot(), "sandbox", "tools", "modules");
}

/** Reads what is pinned for a tool. */
export function readPins(tool: Tool, modules = modulesFolder()): Pins {
  const folder = path.join(modules, tool.group);
  const mod = readFileSync(path.join(folder, "go.mod"), "utf8");
  const sum = readFileSync(path.join(folder, "go.sum"), "utf8");
  const version = required(mod, tool.module);
  const minimumGo = /^go (\S+)$/m.exec(mod)?.[1] ?? "";
  // Read-only: what go.mod and go.sum say is what is built. Without paths of this machine, so that builds are alike.
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", ...tagged(tool), "-ldflags", linked(tool, version)];
  const parts = [mod, sum, packageOf(tool), ...flags, ...ownSources(tool, folder, mod)];
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return { version, minimumGo, folder, flags, package: packageOf(tool), hash };
}

function required(mod: string, module: string): string {
  for (const line of mod.split("\n")) {
    const [name, version] = line
      .trim()
      .replace(/^require /, "")
      .split(/\s+/);
    if (name === module && version?.startsWith("v")) return version;
  }
  throw new Error(`The go.mod of ${module} does not require it.`);
}

function tagged({ tags = [] }: Tool): string[] {
  return tags.length === 0 ? [] : ["-tags", tags.join(",")];
}

/** Names and contents of the Go files that are ours: a main package beside the go.mod, and modules below it. */
function ownSources({ ownMain }: Tool, folder: string, mod: string): string[] {
  const below = [...mod.matchAll(/^replace \S+ => \.\/(\S+)$/gm)].flatMap(([, name]) => name ?? []);
  return [...(ownMain ? filesOf(folder, ".go") : []), ...below.flatMap((name) => filesOf(path.join(folder, name), ""))];
}

function filesOf(folder: string, ending: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.sort().flatMap((name) => [name, readFileSync(path.join(folder, name), "utf8")]);
}

function linked({ variables = {} }: Tool, version: string): string {
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  const values = Object.entries(variables).map(([name, value]) => {
    const filled = value.replace("{version}", version).replace("{major}", major).replace("{minor}", minor);
    return `-X ${name}=${filled}`;
  });
  return ["-s", "-w", ...values].join(" ");
}
