import { spawnSync } from "node:child_process";
import semver from "semver";
import { locate } from "../run/terraform-binary";
import type { Pins } from "./pins";

/** The Go that builds a tool. */
export interface Go {
  readonly file: string;
  /** With its platform: a binary for another one is another binary. */
  readonly version: string;
  readonly buildCache: string;
  readonly moduleCache: string;
}

/** Answers for each tool which Go builds it: a newer one that Go itself may fetch (GOTOOLCHAIN) is asked for by go.mod. */
export class GoCommand {
  private readonly file: string | undefined;
  private readonly known = new Map<string, Go | string>();

  constructor(private readonly env: NodeJS.ProcessEnv) {
    this.file = locate("go", env.PATH ?? "");
  }

  /** The Go for a tool, or why there is none. */
  of(pins: Pins): Go | string {
    const known = this.known.get(pins.folder) ?? this.ask(pins);
    this.known.set(pins.folder, known);
    return known;
  }

  private ask({ folder, minimumGo }: Pins): Go | string {
    if (this.file === undefined) return "Go is not on the PATH.";
    const names = ["GOVERSION", "GOHOSTOS", "GOHOSTARCH", "GOCACHE", "GOMODCACHE"];
    // Linking to another platform or C compiler is of no use here.
    const env = { ...this.env, ...BUILD_ENVIRONMENT };
    const { status, stdout, stderr } = spawnSync(this.file, ["env", "-json", ...names], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    if (status !== 0) return `${this.file}: ${(stderr || "does not answer").trim()}`;
    const answer = JSON.parse(stdout) as Record<string, string | undefined>;
    const version = semver.coerce(answer.GOVERSION);
    const wanted = semver.coerce(minimumGo);
    if (version === null || (wanted !== null && semver.lt(version, wanted))) {
      return `${this.file}: version ${answer.GOVERSION ?? "unknown"}, and go.mod asks for ${minimumGo}.`;
    }
    return {
      file: this.file,
      version: `${answer.GOVERSION} ${answer.GOHOSTOS}/${answer.GOHOSTARCH}`,
      buildCache: answer.GOCACHE ?? "",
      moduleCache: answer.GOMODCACHE ?? "",
    };
  }
}

/** What Go's environment must not decide; its proxies, caches and toolchain stay the user's. */
export const BUILD_ENVIRONMENT = { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off", GOOS: "", GOARCH: "" } as const;

/** What a person is told whose Go cannot build what is missing. */
export function missingGo(reasons: readonly string[], tools: readonly string[], minimum: string): string {
  return `${[...new Set(reasons)].join("\n")}
To build ${tools.join(", ")}, Go ${minimum} or newer has to be on the PATH.
Get it from https://go.dev/doc/install, or name programs that you have, for example STRATA_TOOL_ETCD=<path>.`;
}

/** The newest of the versions that the modules ask for. */
export function newestMinimum(pins: readonly Pins[]): string {
  return pins.map(({ minimumGo }) => semver.coerce(minimumGo)?.version ?? "0.0.0").sort(semver.rcompare)[0] ?? "";
}
