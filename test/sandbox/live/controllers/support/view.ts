import { setTimeout as sleep } from "node:timers/promises";
import type { ResourceType, Stored } from "../../../../../sandbox/live/controllers/api/objects";
import { ClusterView } from "../../../../../sandbox/live/controllers/loop/cluster-view";
import type { Controller, RunningController } from "../../../../../sandbox/live/controllers/loop/controller";
import { CUSTOM_RESOURCE_DEFINITIONS } from "../../../../../sandbox/live/controllers/loop/definitions";
import { FakeApi } from "./fake-api";

/** Controllers on an API server in memory. */
export class Bench {
  readonly api = new FakeApi();
  readonly said: string[] = [];
  readonly cluster: ClusterView;
  private running: RunningController[] = [];

  constructor(name = "platform") {
    this.cluster = new ClusterView(name, this.api, (line) => this.said.push(line));
  }

  start(...controllers: readonly Controller[]): void {
    this.running.push(...controllers.map((one) => one.start(this.cluster)));
  }

  /** Installs the definition of a custom resource. */
  define(type: ResourceType<never> | ResourceType<Stored>, options: { version?: string; status?: object } = {}): void {
    const { apiVersion, plural } = type;
    const [group = "", version = ""] = apiVersion.split("/");
    this.api.put(CUSTOM_RESOURCE_DEFINITIONS, {
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        names: { plural },
        versions: [
          {
            name: options.version ?? version,
            served: true,
            subresources: { status: "status" in options ? options.status : {} },
          },
        ],
      },
      status: { conditions: [{ type: "Established", status: "True" }] },
    });
  }

  get isIdle(): boolean {
    return this.running.every((one) => one.isIdle);
  }

  get problems(): readonly string[] {
    return this.cluster.problems.list();
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((one) => one.stop()));
    await this.cluster.stop();
  }
}

/** Waits until what is expected is so; fails with the last difference. */
export async function eventually(check: () => void, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      check();
      return;
    } catch (difference) {
      if (Date.now() > deadline) throw difference;
    }
    await sleep(5);
  }
}

/**
 * Waits until nobody works and nobody has asked for a change for a moment. The moment alone would not do: on a busy
 * machine a controller may take longer than that over a certificate.
 */
export async function settled(bench: Bench): Promise<void> {
  let before = -1;
  while (!bench.isIdle || before !== bench.api.changes.length) {
    before = bench.api.changes.length;
    await sleep(30);
  }
}
