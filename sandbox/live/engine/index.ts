import path from "node:path";
import { EmbeddedClusters, type RunningCluster } from "../../clusters/embedded";
import { startProviders } from "../../providers";
import type { Engine } from "../../run/engine";
import { Failure } from "../../run/failure";
import type { SandboxPaths } from "../../run/paths";
import type { Processes } from "../../run/processes";
import type { Program } from "../../run/program";
import { failOnObjects } from "../../run/simulated-engine";
import { seconds, type Terminal } from "../../run/terminal";
import { openTerraform } from "../../run/terraform";
import { startAutoscaler } from "../autoscaler";
import { type Faults, startControllers } from "../controllers";
import { RealProviders } from "../providers";
import { startProxy } from "../proxy";
import type { Servers } from "../servers";
import { SandboxVault, VAULT_REMARKS } from "../vault";
import { sandboxAuthority } from "./authority";
import { CentralVault } from "./central-vault";
import { ChartHosts } from "./chart-hosts";
import { providerEnvironment, vaultEnvironment } from "./environment";
import { InterruptedRuns } from "./interrupted";
import { standInFolder } from "./stand-in-folder";
import { clearClusters } from "./teardown";
import { programVersions, providerVersions } from "./tools";

export { liveTools } from "./tools";

/** What a live run works with. */
export interface LiveOptions {
  readonly paths: SandboxPaths;
  readonly terminal: Terminal;
  readonly processes: Processes;
  readonly servers: Servers;
  /** Every program of {@link liveTools}, by name. */
  readonly tools: ReadonlyMap<string, string>;
  /** The Terraform binary. */
  readonly terraform: string;
  readonly program: Program;
  /** File that keeps what exists in the simulated APIs, whatever becomes of the states. @default - none is kept */
  readonly journal?: string;
  /** Which Jobs and workloads fail. */
  readonly faults: Faults;
  /** Folder of real charts. @default - stand-ins only */
  readonly charts?: string;
}

/** The live engine, and its parts for tests. */
export interface LiveEngine extends Engine {
  readonly clusters: EmbeddedClusters;
  readonly vault: CentralVault;
  /** Ends the real providers in the middle of what they do and starts them anew, as it is when a deployment is killed. */
  killProviders(): Promise<void>;
}

/**
 * Real API servers, real Helm, Kubernetes and Vault providers and a real Vault on this machine; the clouds themselves are
 * simulated. Stacks are worked on one after the other, because an attached provider serves one configuration at a time.
 */
export async function liveEngine(options: LiveOptions): Promise<LiveEngine> {
  const { paths, servers, tools, terminal, faults } = options;
  const folder = path.join(paths.folder, "servers");
  const { authority, caFile } = await sandboxAuthority(path.join(folder, "authority"));
  const controllers = new Map<string, { stop(): Promise<unknown>; failures(): readonly string[] }>();
  const clusters = new EmbeddedClusters({
    folder: path.join(folder, "clusters"),
    servers,
    tools,
    onRunning: async (cluster) => {
      const clusterName = cluster.label;
      const { connection } = cluster;
      const say = (line: string): void => terminal.line(line);
      const running = await startControllers({
        connection,
        clusterName,
        vault: () => vault.access(),
        faults,
        say: () => undefined,
      });
      const stopScaling = startAutoscaler({ cluster, world: simulated.world, driver: clusters, say });
      controllers.set(cluster.id, {
        stop: () => Promise.all([running.stop(), stopScaling()]),
        failures: () => running.failures().map((failure) => `${clusterName}: ${failure}`),
      });
    },
    onStopping: async (id) => {
      await controllers.get(id)?.stop();
      controllers.delete(id);
    },
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
  const vault = new CentralVault({
    ...options,
    server: await SandboxVault.open({
      folder: path.join(folder, "vault"),
      servers,
      authority,
      caFile,
      program: tools.get("vault") ?? "vault",
      logs: paths.logs,
      clusterNames: (host) => centralServer(clusters.running(), options.program, host),
    }),
  });
  const environment = providerEnvironment({ paths, proxy: proxy.url, caFile: proxy.caFile });

  const openVault = async (): Promise<void> => {
    await vault.open();
    await real.start("vault", vaultEnvironment(environment, vault.login()));
  };

  /** What an earlier run left comes up again. */
  const resume = async (): Promise<void> => {
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
    if (ids.length > 0)
      terminal.line(`Started ${ids.length} clusters again in ${seconds(performance.now() - started)}`);
  };

  const stop = async (): Promise<void> => {
    for (const each of controllers.values()) await each.stop();
    controllers.clear();
    await real.stop();
    await vault.stop();
    await clusters.stop();
    await proxy.stop();
    simulated.stop();
  };

  try {
    await resume();
  } catch (error) {
    await stop();
    throw error;
  }

  const reattach = (): string => JSON.stringify({ ...(JSON.parse(simulated.reattach) as object), ...real.reattach() });
  const interrupted = new InterruptedRuns({
    paths,
    terminal,
    vault,
    world: simulated.world,
    terraform: () =>
      openTerraform({
        providers: { reattach: reattach() },
        folder: paths.folder,
        binary: options.terraform,
        processes: options.processes,
      }),
  });

  return {
    mode: "live",
    world: simulated.world,
    clusters,
    vault,
    parallelStacks: 1,
    parallelPlans: 1,
    providerVersions: { ...simulated.versions, ...providerVersions() },
    reattach,
    deploy: (run) =>
      interrupted
        .around(async () => {
          await charts.refresh();
          if (!vault.isFilled()) {
            // The very first run: Vault is brought up by its cluster, and has to be opened and filled by its owner.
            await run(["l1-*", "l2-base-*"]);
            if (vault.access() === undefined) await openVault();
            await run(["l1-*", "l2-base-*", "l2-secrets-*"]);
            await vault.fill();
          }
          await run(["*"]);
          // What this run declared newly is made as well.
          await vault.fill();
        })
        .catch((error: unknown) => {
          throw explained(
            error,
            [...controllers.values()].flatMap((each) => each.failures()),
          );
        }),
    async destroy(run) {
      await charts.refresh();
      await run(["l4-*", "l3-*", "l2-*"]);
      await clearClusters(clusters.running(), terminal);
      await vault.remove();
      await run(["*"]);
      failOnObjects(simulated.world.countByType());
      const left = clusters.running().map(({ label }) => label);
      if (left.length > 0) throw new Failure(`These clusters still run, and no state knows them: ${left.join(", ")}.`);
    },
    notes: () => ({
      programs: programVersions(),
      charts: charts.table(),
      clusters: clusters.running().map(({ id, label, bootSeconds }) => ({
        name: label,
        bootSeconds,
        memoryMb: clusters.memoryMb(id),
      })),
      remarks: REMARKS,
    }),
    async killProviders() {
      await real.restart();
    },
    stop,
  };
}

/** As long as there is no Vault: a place where nobody answers. */
const NO_VAULT = { address: "https://127.0.0.1:9", caFile: "", token: "none" };

/** What does not work in the clusters usually says why a stack failed. */
function explained(error: unknown, failures: readonly string[]): unknown {
  if (!(error instanceof Failure) || error.exitCode === 130 || failures.length === 0) return error;
  return new Failure(`${error.message}\n\nIn the clusters:\n${failures.map((each) => `  ${each}`).join("\n")}`);
}

/** Names of the central cluster's API server, as pods of that cluster know it. */
const API_SERVER = /^kubernetes\.default(\.svc(\.cluster\.local)?)?$/;

function centralServer(running: readonly RunningCluster[], program: Program, host: string): string | undefined {
  if (!API_SERVER.test(host)) return undefined;
  const central = program.clusters.find((cluster) => cluster.central)?.label;
  return running.find(({ label }) => label === central)?.connection.server;
}

const REMARKS = [
  "No container runs: pods, volumes, certificates and the resources of operators are made ready by the sandbox.",
  "Admission webhooks of charts are not called, because nothing would answer them.",
  ...VAULT_REMARKS,
];
