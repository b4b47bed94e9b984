import { FakeClouds } from "./fake-clouds";
import { FakeCluster } from "./fake-cluster";
import { type Applied, platform, recover } from "./platform";
import type { TestProgram } from "./program";

/** The stacks below those of clusters. */
export const L1 = ["l1-edge-acme", "l1-network-main", "l1-cluster-main"] as const;

/** All stacks of the program. */
export const ALL = [...L1, "l2-base-main", "l2-secrets-main"] as const;

/** The cluster, as Vultr lists it. */
export const CLUSTER = { label: "acme-main", region: "fra" };

/** What the command looks at besides states: clouds and a cluster, anew for each test. */
export class World {
  private running: { readonly clouds: FakeClouds; readonly cluster: FakeCluster } | undefined;

  async start(): Promise<void> {
    this.running = { clouds: await FakeClouds.start(), cluster: await FakeCluster.start() };
  }

  async stop(): Promise<void> {
    await this.clouds.stop();
    await this.cluster.stop();
  }

  get clouds(): FakeClouds {
    return this.started.clouds;
  }

  get cluster(): FakeCluster {
    return this.started.cluster;
  }

  /** The program; the named stacks are applied to their end. */
  platform(...applied: readonly Applied[]): TestProgram {
    return platform(this.cluster, ...applied);
  }

  /** Runs `strata recover`. */
  recover(program: TestProgram, args: readonly string[] = [], env: Readonly<Record<string, string | undefined>> = {}) {
    return recover(program, this.clouds, args, env);
  }

  private get started() {
    if (this.running === undefined) throw new Error("The world was not started.");
    return this.running;
  }
}
