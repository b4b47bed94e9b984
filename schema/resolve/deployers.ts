/** Machines that apply stacks. */
import { suggest } from "../load/nearest";
import type { Platform } from "../model";
import { type Context, inPlatform } from "./context";

/** How they log in to Vault, with the central cluster where none is named. */
export function resolveDeployers(context: Context, central: string): Platform["deployers"] {
  const clusters = context.mentioned("clusters");
  const resolved = Object.entries(context.document.deployers ?? {}).map(([name, deployer]) => {
    const place = (field: string) => inPlatform(context, "deployers", name, field);
    if (deployer.login === "jwt") {
      if (Object.keys(deployer.claims).length === 0) {
        const problem = `deployer ${name} asks for no claim, so every token of ${deployer.issuer} would be good`;
        context.report.add(place("claims"), problem, "Name a claim that only your own tokens have.");
      }
      return [name, { ...deployer, issuer: deployer.issuer.replace(/\/$/, "") }] as const;
    }
    const { cluster = central } = deployer;
    if (!clusters.includes(cluster)) {
      const fix = suggest(cluster, clusters, "cluster");
      context.report.add(place("cluster"), `there is no cluster ${cluster} in platform.yaml`, fix, cluster);
    }
    return [name, { ...deployer, cluster }] as const;
  });
  return Object.fromEntries(resolved);
}
