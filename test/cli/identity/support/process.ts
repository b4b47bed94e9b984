import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { ROOT, temporaryFolder } from "../../support/session";

let bundle: string | undefined;

/** The command in one file, made once in each test file that asks for it. */
function bundled(): string {
  if (bundle !== undefined) return bundle;
  bundle = path.join(temporaryFolder(), "identity.cjs");
  const esbuild = path.join(ROOT, "node_modules/.bin/esbuild");
  const options = ["--bundle", "--platform=node", "--target=node20", "--format=cjs", "--log-level=error"];
  execFileSync(esbuild, [path.join(__dirname, "entry.ts"), ...options, `--outfile=${bundle}`], { cwd: ROOT });
  return bundle;
}

/** Starts the command in a process of its own. */
export function startIdentity(words: readonly string[], env: Readonly<Record<string, string>>) {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [bundled(), ...words], { env: { PATH, HOME: "/nowhere", DEBUG: "*", ...env } });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => printed.push(text.toString()));
  return { child, printed, ended: ended(child) };
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on("close", (code) => resolve(code)));
}
