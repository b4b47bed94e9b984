import type { EngineVersion } from "../../run/report";
import { findTool, requireTools, selectTools } from "../../tools/find";

const CLUSTER = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];
const PROVIDERS = ["terraform-provider-helm", "terraform-provider-kubernetes", "terraform-provider-vault"];

/** Every program that a live run starts. */
export const LIVE_TOOLS: readonly string[] = [...CLUSTER, ...PROVIDERS, "vault"];

/** Their paths by name; fails with what to do when one is not there. */
export function liveTools(env: NodeJS.ProcessEnv = process.env): ReadonlyMap<string, string> {
  return requireTools(LIVE_TOOLS, { env });
}

/** The providers' versions, by address. */
export function providerVersions(): Record<string, string> {
  return Object.fromEntries(
    selectTools(PROVIDERS).map((tool) => [
      `registry.terraform.io/hashicorp/${tool.name.replace("terraform-provider-", "")}`,
      testedVersion(tool.name),
    ]),
  );
}

/** The servers that stand in for what production runs. */
export function programVersions(): Record<string, EngineVersion> {
  const servers = selectTools([...CLUSTER, "vault"]).filter(({ production }) => production !== undefined);
  return Object.fromEntries(
    servers.map(({ name, production }) => [name, { pinned: production?.version ?? "", tested: testedVersion(name) }]),
  );
}

function testedVersion(name: string): string {
  const [tool] = selectTools([name]);
  if (tool === undefined) return "none";
  const { pins, source } = findTool(tool);
  return source === "given" ? "given by path" : (tool.release ?? pins.version);
}
