import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dump } from "js-yaml";
import { parseAllDocuments } from "yaml";
import { isJsonObject, type JsonObject } from "../../../constructs/core/json";
import type { StackJson } from "../../../constructs/core/synth";
import { blocks } from "../../../constructs/core/synth/stack-json";
import { inherited } from "../../../sandbox/run/environment";
import { releasesOf } from "../../helpers/releases";

/** A release of a chart that is not ours. */
export interface ChartRelease {
  readonly stack: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  readonly values: JsonObject;
}

/** The releases of a program whose charts come from elsewhere. */
export function chartReleases(stacks: readonly StackJson[]): ChartRelease[] {
  return stacks.flatMap((stack) => {
    const bodies = new Map(blocks(stack, "resource").map(({ type, name, body }) => [`${type}.${name}`, body]));
    return releasesOf([stack])
      .map(({ address, ...release }) => {
        const { repository, version } = bodies.get(address) ?? {};
        return { ...release, repository: String(repository ?? ""), version: String(version) };
      })
      .filter(({ chart }) => !chart.includes("charts/manifests"));
  });
}

/** The real Helm with folders of its own: nothing of the user's is read. */
export class Helm {
  private readonly env: Record<string, string>;

  constructor(
    private readonly program: string,
    private readonly folder: string,
    env: Readonly<Record<string, string>>,
  ) {
    const home = path.join(folder, "home");
    mkdirSync(home, { recursive: true });
    this.env = {
      ...inherited(),
      HOME: home,
      HELM_CACHE_HOME: path.join(home, "cache"),
      HELM_CONFIG_HOME: path.join(home, "config"),
      HELM_DATA_HOME: path.join(home, "data"),
      ...env,
    };
  }

  /** @throws Error with what Helm said */
  run(args: readonly string[], cwd = this.folder): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.program, args, { cwd, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.on("error", reject);
      child.on("close", (code) =>
        code === 0
          ? resolve(Buffer.concat(out).toString("utf8"))
          : reject(new Error(`helm ${args.join(" ")}\n${Buffer.concat(err).toString("utf8")}`)),
      );
    });
  }

  /** What a release would apply, definitions of custom resources first. */
  async render(release: ChartRelease, cwd?: string): Promise<JsonObject[]> {
    const values = path.join(this.folder, `${release.stack}-${release.name}.yaml`);
    writeFileSync(values, dump(release.values));
    const { name, namespace } = release;
    const options = ["--namespace", namespace, "--values", values, "--include-crds", "--kube-version", "1.34.4"];
    return documents(await this.run(["template", name, ...chartArguments(release), ...options], cwd));
  }
}

/** How Helm is told of a chart: an OCI repository is part of its name, a file has none. */
export function chartArguments({ chart, repository, version }: Omit<ChartRelease, "values">): string[] {
  if (repository === "") return [chart];
  if (repository.startsWith("oci://")) return [`${repository}/${chart}`, "--version", version];
  return [chart, "--repo", repository, "--version", version];
}

function documents(text: string): JsonObject[] {
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter(isJsonObject);
}
