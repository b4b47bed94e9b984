import path from "node:path";
import { type Declarations, readDeclarations } from "../../../cli/secrets/declarations";
import { stackId } from "../../../constructs/core/names";
import type { ClusterConnection } from "../../../sandbox/clusters/driver";
import { IdentityStandIn, issuersOf } from "../../../sandbox/live/identity";
import { RealProviders } from "../../../sandbox/live/providers";
import { inherited } from "../../../sandbox/run/environment";
import { Processes } from "../../../sandbox/run/processes";
import { openTerraform, type SandboxTerraform } from "../../../sandbox/run/terraform";
import { requireTools } from "../../../sandbox/tools/find";
import { clusterSpec, openClusters } from "../cluster-support";
import { keepVaultOnly, writeClusterState, writeOutputStates } from "./vault-stacks";
import { VaultWorld } from "./vault-world";

/** Stacks of the example with something of Vault's, in the order in which they depend on each other. */
export const VAULT_STACKS = [
  "l2-secrets-platform",
  "l2-secrets-prod",
  "l2-services-platform",
  "l3-data-staging",
  "l3-data-prod",
] as const;

/** A Vault with clusters, the central one of which it is in, an identity provider, and Terraform with the real provider. */
export class VaultPlatform extends VaultWorld {
  readonly processes = new Processes(this.paths.pids);
  readonly clusters = new Map<string, ClusterConnection>();
  private started: { readonly identity: IdentityStandIn; readonly providers: RealProviders } | undefined;
  private deployer: SandboxTerraform | undefined;

  /** @param names of the clusters */
  constructor(
    name: string,
    private readonly names: readonly string[],
  ) {
    super(name);
  }

  /** Starts everything but Vault. */
  override async make(): Promise<void> {
    await super.make();
    const { servers, folder, paths, authority } = this;
    const identity = await IdentityStandIn.start({ authority, issuers: () => issuersOf(paths.out) });
    const tools = requireTools(["terraform-provider-vault"]);
    this.started = { identity, providers: new RealProviders({ servers, tools, logs: paths.logs, cwd: folder }) };
    const clusters = openClusters({ servers, folder: path.join(folder, "clusters") });
    for (const name of this.names) {
      const connection = await clusters.create(clusterSpec(name));
      this.clusters.set(name, connection);
      writeClusterState(paths, stackId.cluster(name), connection);
    }
  }

  get identity(): IdentityStandIn {
    return this.running.identity;
  }

  cluster(name: string): ClusterConnection {
    const found = this.clusters.get(name);
    if (found === undefined) throw new Error(`There is no cluster ${name}.`);
    return found;
  }

  /** What the synthesized program declares. */
  get declarations(): Declarations {
    return readDeclarations(this.paths.out);
  }

  /** Leaves what is Vault's of synthesized stacks; answers the folder of each. */
  keepVaultOnly(stacks: readonly string[] = VAULT_STACKS): ReadonlyMap<string, string> {
    writeOutputStates(this.paths, this.declarations);
    return new Map(stacks.map((id) => [id, keepVaultOnly(this.paths, id)]));
  }

  /** Says who applies stacks from now on. */
  async deployAs(token: string): Promise<void> {
    const { providers } = this.running;
    const { folder, processes } = this;
    await providers.start("vault", { ...inherited(), HOME: this.paths.home, ...this.env, VAULT_TOKEN: token });
    this.deployer = openTerraform({
      providers: { reattach: JSON.stringify(providers.reattach()) },
      folder,
      processes,
    });
  }

  get terraform(): SandboxTerraform {
    if (this.deployer === undefined) throw new Error("Nobody applies stacks yet.");
    return this.deployer;
  }

  /** What a command needs beside Vault, to read the outputs of stacks. */
  get terraformEnv(): Readonly<Record<"TERRAFORM_BINARY_NAME", string>> {
    return { TERRAFORM_BINARY_NAME: this.terraform.env.TERRAFORM_BINARY_NAME ?? "terraform" };
  }

  /** Applies the stack of a folder: `applied`, or what Terraform said. */
  async apply(stack: string): Promise<string> {
    for (const step of [await this.terraform.init(stack), await this.terraform.apply(stack)]) {
      if (step.code !== 0) return step.output;
    }
    return "applied";
  }

  /** Plans the stack of a folder: `no changes`, or what Terraform said. */
  async plan(stack: string): Promise<string> {
    const { code, output } = await this.terraform.plan(stack);
    return code === 0 ? "no changes" : output;
  }

  override async stop(): Promise<void> {
    await this.started?.identity.stop();
    await this.started?.providers.stop();
    await super.stop();
  }

  protected override addressInCluster(host: string): string | undefined {
    return host === "kubernetes.default.svc" ? this.clusters.get("platform")?.server : this.identity.address(host);
  }

  private get running() {
    if (this.started === undefined) throw new Error("The platform was not started.");
    return this.started;
  }
}
