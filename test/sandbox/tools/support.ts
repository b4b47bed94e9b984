import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Processes } from "../../../sandbox/run/processes";
import { openTerminal } from "../../../sandbox/run/terminal";
import { ToolCache } from "../../../sandbox/tools/cache";
import { selectTools } from "../../../sandbox/tools/find";
import { type Made, makeTools } from "../../../sandbox/tools/make";
import { modulesFolder } from "../../../sandbox/tools/pins";
import { temporaryFolder } from "../support";

/** What the fake Go does when it is to build: it fails for packages of this name, or sleeps. */
export interface FakeGo {
  readonly version?: string;
  readonly failing?: string;
  /** Starts a child, writes half a binary, and waits. */
  readonly hanging?: boolean;
  /** What the programs it builds say. */
  readonly says?: string;
}

const ANSWERS = "etcd Version: 3.6.16\nkwok version v0.8.0\nThis binary is a plugin.\nVault v1.21.0 (fake)";

/** A place with a Go that only pretends, a cache, and a copy of the committed modules. */
export class FakeTools {
  readonly folder = temporaryFolder();
  readonly cache = new ToolCache(path.join(this.folder, "cache"));
  readonly modules = path.join(this.folder, "modules");
  readonly printed: string[] = [];
  readonly env: NodeJS.ProcessEnv = {
    PATH: `${path.join(this.folder, "bin")}:/usr/bin:/bin`,
    HOME: this.folder,
    STRATA_TOOLS_DIR: this.cache.folder,
  };

  constructor(go: FakeGo | undefined = {}) {
    cpSync(modulesFolder(), this.modules, { recursive: true });
    if (go !== undefined) this.installGo(go);
  }

  installGo({ version = "go1.26.8", failing = "-", hanging = false, says = ANSWERS }: FakeGo): void {
    const answer = { GOVERSION: version, GOHOSTOS: "linux", GOHOSTARCH: "amd64", GOCACHE: "", GOMODCACHE: "" };
    const wait = `printf half > "$out"; sleep 300 & echo $! > ${this.file("child")}; wait`;
    this.program(
      "bin/go",
      `if [ "$1" = env ]; then echo '${JSON.stringify(answer)}'; exit; fi
echo "$@" >> ${this.file("calls")}
if [ "$1" = clean ]; then exit; fi
while [ $# -gt 1 ]; do if [ "$1" = -o ]; then out=$2; fi; shift; done
case "$1" in *${failing}) echo internal/x; echo "x.go:1: undefined: y" >&2; exit 1;; esac
${hanging ? wait : ""}
printf '#!/bin/sh\\ncat <<END\\n%s\\nEND\\n' '${says}' > "$out"
chmod +x "$out"`,
    );
  }

  /** Writes a shell script. */
  program(name: string, script: string): string {
    const file = this.file(name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** Every call of `go build` so far. */
  calls(): string[] {
    const file = this.file("calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** Empties Go's build cache above so many bytes. */
  cleanAbove: number | undefined;

  /** Builds tools as the command does; answers where each of them comes from. */
  async make(...names: string[]): Promise<Record<string, Made["source"]>> {
    const stream = { isTTY: false, write: (text: string) => this.printed.push(text) };
    const { made } = await makeTools({
      tools: selectTools(names),
      cache: this.cache,
      processes: new Processes(this.cache.pids),
      terminal: openTerminal(stream as unknown as NodeJS.WriteStream, {}),
      env: this.env,
      modules: this.modules,
      cleanAbove: this.cleanAbove,
    });
    return Object.fromEntries(made.map(({ tool, source }) => [tool.name, source]));
  }
}
