import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";
import { readManifest } from "./manifest";
import { renderRepoConfig } from "./repo-config";
import { renderServerConfig } from "./server-config";

export interface AtlantisOptions {
  readonly dir: string;
  readonly out: string;
  readonly check?: boolean;
  readonly serverConfig?: boolean;
  readonly repository: string;
  readonly json?: boolean;
}

/** Writes, checks or shows the configuration of Atlantis. */
export async function atlantis(session: Session, options: AtlantisOptions): Promise<number> {
  const { cwd, terminal } = session;
  if (options.serverConfig) {
    // The default folder is ignored by Git, which hides it from Atlantis.
    terminal.out(
      renderServerConfig(options.repository, options.dir === "cdktf.out" ? "atlantis.out" : options.dir).trimEnd(),
    );
    return 0;
  }
  const file = path.resolve(cwd, options.out);
  const folder = path.resolve(cwd, options.dir);
  const stacks = readManifest(folder);
  const text = renderRepoConfig(stacks, repositoryPath(path.dirname(file), folder));
  const current = existsSync(file) && readFileSync(file, "utf8") === text;
  if (options.check && !current) {
    throw StrataError.of({ where: file, problem: "is not current", fix: "Run `npx strata atlantis`." });
  }
  if (!current) write(file, text);
  const result = { schemaVersion: 1, file: options.out, projects: stacks.length, written: !current };
  const line = `${options.out}: ${stacks.length} projects, ${current ? "current" : "written"}.`;
  terminal.out(options.json ? JSON.stringify(result, undefined, 2) : line);
  return 0;
}

/** atlantis.yaml stands in the root of the repository, and its folders are relative to that. */
function repositoryPath(root: string, folder: string): string {
  const relative = path.relative(root, folder).split(path.sep).join("/");
  if (relative !== "" && !relative.startsWith("..")) return relative;
  const fix = "Put atlantis.yaml into the root of the repository, and --dir below it.";
  throw StrataError.of({ where: "--dir", problem: "is not below the folder of --out", value: folder, fix });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch {
    throw StrataError.of({ where: file, problem: "cannot be written", fix: "Name another file with --out." });
  }
}
