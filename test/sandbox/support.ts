import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type ProvidersOptions, type RunningProviders, startProviders } from "../../sandbox/providers";
import type { Value, Values } from "../../sandbox/providers/wire/values";
import type { Outcome } from "../../sandbox/run/processes";
import { hasTerraform, openTerraform, type SandboxTerraform } from "../../sandbox/run/terraform";

/** Terraform JSON, loosely: tests write configurations that are wrong on purpose. */
export type Json = Record<string, unknown>;

/** `describe` for what needs Terraform: a visible skip without it, a failure in CI. */
export const describeWithTerraform = hasTerraform() || process.env.CI === "true" ? describe : describe.skip;

/** A temporary folder; all of them are removed by `removeFolders`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "strata-sandbox-"));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

/** Removes every temporary folder of this test file. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** One configuration that real Terraform works on, with simulated providers of its own. */
export interface Workspace {
  readonly folder: string;
  readonly providers: RunningProviders;
  readonly terraform: SandboxTerraform;
  /** Replaces the configuration. */
  write(config: Json): void;
  /** Applies the configuration; fails with Terraform's output when that fails. */
  apply(config: Json): Promise<void>;
  /** Applies a configuration that must fail; answers what Terraform printed. */
  refused(config: Json): Promise<string>;
  plan(...args: string[]): Promise<Outcome>;
  /** The attributes of a resource in the state. */
  state(address: string): Values;
  stop(): void;
}

const SOURCES = {
  vultr: { source: "vultr/vultr" },
  cloudflare: { source: "cloudflare/cloudflare" },
  helm: { source: "hashicorp/helm" },
  kubernetes: { source: "hashicorp/kubernetes" },
  vault: { source: "hashicorp/vault" },
  random: { source: "hashicorp/random" },
};

/** Opens a workspace; the one who opens it stops it. */
export async function openWorkspace(options: ProvidersOptions = {}, folder = temporaryFolder()): Promise<Workspace> {
  const providers = await startProviders(options);
  const terraform = openTerraform({ providers, folder: path.join(folder, "tools") });
  mkdirSync(folder, { recursive: true });
  const write = (config: Json): void => {
    const { required = Object.keys(SOURCES), ...rest } = config as Json & { required?: (keyof typeof SOURCES)[] };
    const required_providers = Object.fromEntries(
      required.map((name) => [name, SOURCES[name as keyof typeof SOURCES]]),
    );
    // Terraform wants no empty block map.
    const filled = Object.entries(rest).filter(([, value]) => Object.keys(value as Json).length > 0);
    const json = { terraform: { required_providers }, ...Object.fromEntries(filled) };
    writeFileSync(path.join(folder, "main.tf.json"), JSON.stringify(json));
  };
  return {
    folder,
    providers,
    terraform,
    write,
    apply: async (config) => {
      write(config);
      const { code, output } = await terraform.apply(folder);
      if (code !== 0) throw new Error(output);
    },
    refused: async (config) => {
      write(config);
      const { code, output } = await terraform.apply(folder);
      if (code === 0) throw new Error(`Terraform should have failed:\n${output}`);
      // Terraform wraps its messages to the width of the terminal.
      return output.replace(/\s+/g, " ");
    },
    plan: (...args) => terraform.plan(folder, ...args),
    state: (address) => readAttributes(folder, address),
    stop: () => providers.stop(),
  };
}

function readAttributes(folder: string, address: string): Values {
  const [type, name] = address.split(".");
  const state = JSON.parse(readFileSync(path.join(folder, "terraform.tfstate"), "utf8")) as {
    resources: { type: string; name: string; instances: { attributes: Value }[] }[];
  };
  const found = state.resources.find((resource) => resource.type === type && resource.name === name);
  const attributes = found?.instances[0]?.attributes;
  if (attributes === undefined) throw new Error(`${address} is not in the state.`);
  return attributes as Values;
}

/** A cluster block that is complete and as small as it can be. */
export function clusterConfig(changes: Json = {}, pool: Json = {}): Json {
  const nodePool = { label: "system", plan: "vc2-2c-4gb", node_quantity: 2, ...pool };
  return { label: "platform", region: "ams", version: "v1.33.0+1", node_pools: [nodePool], ...changes };
}

/** The connection of a helm or kubernetes provider to a cluster resource of the same configuration. */
export function connectionTo(cluster: string): Json {
  return {
    host: `\${"https://\${vultr_kubernetes.${cluster}.endpoint}:6443"}`,
    cluster_ca_certificate: `\${base64decode(vultr_kubernetes.${cluster}.cluster_ca_certificate)}`,
    client_certificate: `\${base64decode(vultr_kubernetes.${cluster}.client_certificate)}`,
    client_key: `\${base64decode(vultr_kubernetes.${cluster}.client_key)}`,
  };
}
