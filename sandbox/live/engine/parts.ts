import path from "node:path";
import { EmbeddedClusters, type RunningCluster } from "../../clusters/embedded";
import { startProviders } from "../../providers";
import { Failure } from "../../run/failure";
import type { Program } from "../../run/program";
import { seconds } from "../../run/terminal";
import { IdentityStandIn, issuersOf } from "../identity";
import { RealProviders } from "../providers";
import { startProxy } from "../proxy";
import { SandboxVault } from "../vault";
import { sandboxAuthority } from "./authority";
import { CentralVault } from "./central-vault";
import { ChartHosts } from "./chart-hosts";
import { ClusterControllers } from "./cluster-controllers";
import { providerEnvironment, vaultEnvironment } from "./environment";
import type { LiveOptions } from "./options";
import { standInFolder } from "./stand-in-folder";

/** Everything that runs in a live run. */
export interface LiveParts {
  readonly clusters: EmbeddedClusters;
  readonly controllers: ClusterControllers;
  readonly simulated: Awaited<ReturnType<typeof startProviders>>;
  readonly charts: ChartHosts;
  readonly real: RealProviders;
  readonly vault: CentralVault;
  /** Brings Vault up and its provider with it. */
  openVault(): Promise<void>;
  /** Ends all of it and keeps all data. */
  stop(): Promise<void>;
}

/** As long as there is no Vault: a place where nobody answers. */
const NO_VAULT = { address: "https://127.0.0.1:9", caFile: "", token: "none" };

/** Starts what every live run needs, and what an earlier run left comes up again. */
export async function startParts(options: LiveOptions): Promise<LiveParts> {
  const { paths, servers, tools, terminal, faults } = options;
  const folder = path.join(paths.folder, "servers");
  const { authority, caFile } = await sandboxAuthority(path.join(folder, "authority"));
  const controllers = new ClusterControllers({
    faults,
    vault: () => vault.access(),
    world: () => simulated.world,
    driver: () => clusters,
    say: (line) => terminal.line(line),
  });
  const clusters = new EmbeddedClusters({
    folder: path.join(folder, "clusters"),
    servers,
    tools,
    podsAwaitLeave: true,
    onRunning: (cluster) => controllers.start(cluster),
    onStopping: (id) => controllers.stop(id),
  });
  const simulated = await startProviders({
    stateDir: paths.state,
    journal: options.journal,
    strict: options.journal !== undefined,
    clusters,
    only: ["vultr", "cloudflare", "random"],
  });
  const charts = new ChartHosts(paths.out, options.charts);
  await charts.refresh();
  const proxy = await startProxy({ authority, hosts: charts.answer, folder });
  const real = new RealProviders({ servers, tools, logs: paths.logs, cwd: standInFolder(folder, paths.out) });
  const identity = await IdentityStandIn.start({ authority, issuers: () => issuersOf(paths.out) });
  const vault = new CentralVault({
    ...options,
    server: await SandboxVault.open({
      folder: path.join(folder, "vault"),
      servers,
      authority,
      caFile,
      program: tools.get("vault") ?? "vault",
      logs: paths.logs,
      clusterNames: (host) => identity.address(host) ?? centralServer(clusters.running(), options.program, host),
    }),
  });
  const environment = providerEnvironment({ paths, proxy: proxy.url, caFile: proxy.caFile });
  const parts: LiveParts = {
    clusters,
    controllers,
    simulated,
    charts,
    real,
    vault,
    async openVault() {
      await vault.open();
      await real.start("vault", vaultEnvironment(environment, vault.login()));
    },
    async stop() {
      await controllers.stopAll();
      await real.stop();
      await vault.stop();
      await identity.stop();
      await clusters.stop();
      await proxy.stop();
      simulated.stop();
    },
  };
  try {
    await resume(parts, environment, options, folder);
  } catch (error) {
    await parts.stop();
    throw error;
  }
  return parts;
}

async function resume(
  { clusters, simulated, real, vault, openVault }: LiveParts,
  environment: ReturnType<typeof providerEnvironment>,
  { paths, terminal }: LiveOptions,
  folder: string,
): Promise<void> {
  const started = performance.now();
  const ids = simulated.world.find("vultr_kubernetes").map(({ id }) => id);
  const lost = await clusters.resume(ids);
  if (lost.length > 0) {
    throw new Failure(
      `The states in ${paths.state} know clusters whose data is gone (${lost.join(", ")}). Bring ${folder} back, or delete ${paths.folder} and begin anew.`,
    );
  }
  await Promise.all([real.start("helm", environment), real.start("kubernetes", environment)]);
  if (vault.exists()) await openVault();
  // Stacks that were never applied name this provider too, and Terraform would look for it in the registry.
  else await real.start("vault", vaultEnvironment(environment, NO_VAULT));
  if (ids.length > 0) terminal.line(`Started ${ids.length} clusters again in ${seconds(performance.now() - started)}`);
}

/** Names of the central cluster's API server, as pods of that cluster know it. */
const API_SERVER = /^kubernetes\.default(\.svc(\.cluster\.local)?)?$/;

function centralServer(running: readonly RunningCluster[], program: Program, host: string): string | undefined {
  if (!API_SERVER.test(host)) return undefined;
  const central = program.clusters.find((cluster) => cluster.central)?.label;
  return running.find(({ label }) => label === central)?.connection.server;
}
