import { CLUSTER_VERSION } from "../../schema/pins";
import { BUILDS } from "./catalogue-builds";

/** What production runs in the place of a tool. */
export interface ProductionPin {
  /** Where the pin stands, as a person looks for it. */
  readonly of: string;
  readonly version: string;
}

/** A program that the live sandbox runs. Which version it is stands in the go.mod of its group, and nowhere else. */
export interface Tool {
  readonly name: string;
  /** Folder below `modules`: one Go module for what is selected together. */
  readonly group: string;
  readonly module: string;
  /** The main package, below the module; empty where it is the module itself. */
  readonly folder?: string;
  /** The main package is ours: the Go files beside the go.mod, which make the program from packages of the module. */
  readonly ownMain?: boolean;
  /** Build tags. */
  readonly tags?: readonly string[];
  /** The release whose change log the source carries, where the module's own version does not name one. */
  readonly release?: string;
  /** Variables that the linker sets, as the releases of the project do; `{version}` is the version of go.mod. */
  readonly variables?: Readonly<Record<string, string>>;
  /** How the program is asked whether it runs, and what it says then. */
  readonly check: { readonly args: readonly string[]; readonly expect: RegExp };
  readonly production?: ProductionPin;
}

/**
 * Versions that production pins, beside those that are tested here. They stand where the program uses them; a test
 * compares these copies with their originals.
 */
const PRODUCTION: Readonly<Record<string, ProductionPin>> = {
  "kube-apiserver": { of: "VKE", version: CLUSTER_VERSION },
  "kube-controller-manager": { of: "VKE", version: CLUSTER_VERSION },
  "kube-scheduler": { of: "VKE", version: CLUSTER_VERSION },
  "oauth2-proxy": { of: "chart oauth2-proxy 10.7.0", version: "v7.15.3" },
  "terraform-provider-helm": { of: "@cdktf/provider-helm", version: "3.1.1" },
  "terraform-provider-kubernetes": { of: "@cdktf/provider-kubernetes", version: "2.38.0" },
  "terraform-provider-vault": { of: "@cdktf/provider-vault", version: "5.6.0" },
  traefik: { of: "chart traefik 41.3.0", version: "v3.7.11" },
  vault: { of: "chart vault 0.34.1", version: "2.0.4" },
};

/** All tools, the quick ones first: what fails early fails soon. */
export const TOOLS: readonly Tool[] = BUILDS.map((build) => {
  const production = PRODUCTION[build.name];
  return production === undefined ? build : { ...build, production };
});

/** The main package of a tool, as Go is told it in the folder of the go.mod. */
export function packageOf({ module, folder, ownMain }: Tool): string {
  if (ownMain) return ".";
  return folder === undefined ? module : `${module}/${folder}`;
}

/** The environment variable that names a tool of the user's own. */
export function variableOf(name: string): string {
  return `STRATA_TOOL_${name.toUpperCase().replaceAll("-", "_")}`;
}
