import { rmSync } from "node:fs";
import type { RunningCluster } from "../../sandbox/clusters/embedded";
import { strataProgram } from "../../sandbox/live/vault";
import { serveFaces } from "../../sandbox/providers/http";
import { temporaryFolder } from "../sandbox/support";
import { ClusterLook, isSystem } from "./support/cluster-look";
import { LivePlatform } from "./support/platform";

jest.setTimeout(15 * 60_000);

const folder = temporaryFolder();
// One cluster: its zone, network, cluster, base and secrets. What the clouds made stays whatever becomes of the states.
const platform = new LivePlatform({
  folder,
  config: "examples/minimal",
  only: "l1-*,l2-base-*,l2-secrets-*",
  strict: true,
});

afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

function cluster(): RunningCluster | undefined {
  return platform.isUp ? platform.engine.clusters.running()[0] : undefined;
}

async function look<T>(ask: (cluster: ClusterLook) => Promise<T>, otherwise: T): Promise<T> {
  const running = cluster();
  return running === undefined ? otherwise : ask(new ClusterLook(running.connection)).catch(() => otherwise);
}

const releases = (count: number) => async (): Promise<boolean> =>
  (await look((each) => each.releases(), [])).length >= count;
const namespaces = (count: number) => async (): Promise<boolean> =>
  (await look((each) => each.namespaces(), [])).filter(({ name }) => !isSystem(name)).length >= count;
const cloudHolds = (type: string, count: number) => async (): Promise<boolean> =>
  platform.isUp && platform.engine.world.find(type).length >= count;
const asked: string[] = [];
/** Whether something was written to Vault below a path. */
const vaultAsked = (path: RegExp) => async (): Promise<boolean> => {
  const front = platform.isUp ? platform.engine.vault.server.front : undefined;
  if (front !== undefined) {
    front.interfere = ({ method, target }) => {
      if (method === "POST" || method === "PUT") asked.push(target);
      return {};
    };
  }
  return asked.some((target) => path.test(target));
};

/** Moments of a deployment in their order: each comes after the one before it. */
const MOMENTS: readonly { readonly name: string; readonly came: () => Promise<boolean> }[] = [
  { name: "the zone has its first ruleset", came: cloudHolds("cloudflare_ruleset", 1) },
  { name: "the network is there", came: cloudHolds("vultr_vpc", 1) },
  { name: "the API server serves", came: async () => cluster() !== undefined },
  { name: "the cluster has a second pool", came: cloudHolds("vultr_kubernetes_node_pools", 1) },
  { name: "the first namespace is there", came: namespaces(1) },
  { name: "the first release is written", came: releases(1) },
  { name: "four releases are written", came: releases(4) },
  { name: "nearly all releases are written", came: releases(8) },
  { name: "Vault has its mount", came: vaultAsked(/sys\/mounts\/secret/) },
  { name: "Vault has its first role", came: vaultAsked(/auth\/[^/]+\/role\//) },
];

/** Deploys until a moment comes, and kills the deployment then; the error of one that ends before by itself. */
async function killAt(came: () => Promise<boolean>): Promise<Error | undefined> {
  let ended: Error | undefined | "done";
  const run = platform.deploy().then(
    () => (ended = "done"),
    (error: Error) => (ended = error),
  );
  while (ended === undefined) {
    if (await came()) {
      await platform.killDeployment();
      await run;
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return ended === "done" ? new Error("The deployment ended before the moment came.") : ended;
}

/** What a user does when the next run fails. */
async function recover(): Promise<string> {
  const { engine, paths, config } = platform;
  const faces = await serveFaces(engine.world);
  const login = engine.vault.access() === undefined ? undefined : engine.vault.login();
  const strata = strataProgram({ root: paths.root, home: paths.home });
  try {
    const { code, stdout, stderr } = await strata(
      ["recover", "--dir", paths.out, "--config", config, "--force", "--json"],
      {
        env: {
          VULTR_API_URL: faces.vultr,
          VULTR_API_KEY: "sandbox",
          CLOUDFLARE_BASE_URL: faces.cloudflare,
          CLOUDFLARE_API_TOKEN: "sandbox",
          VAULT_ADDR: login?.address ?? "https://127.0.0.1:9",
          VAULT_TOKEN: login?.token ?? "none",
          ...(login && { VAULT_CACERT: login.caFile }),
        },
      },
    );
    // Before Vault is up it cannot be looked at, which is said and is no reason to stop.
    if (code !== 0 && login !== undefined) throw new Error(`strata recover ends with ${code}:\n${stdout}${stderr}`);
    return stdout;
  } finally {
    await faces.stop();
  }
}

describe("a deployment that is killed", () => {
  test.each(MOMENTS)("when $name: after one `strata recover` the next run goes on from there", async ({ came }) => {
    expect(await killAt(came)).toBeUndefined();
    await recover();
  });

  test("in the end converges: the plan is empty, and nothing is there twice", async () => {
    const report = await platform.deploy();
    expect(report.replan).toEqual({ changes: 0 });
    const { world, clusters } = platform.engine;
    expect(clusters.running()).toHaveLength(1);
    expect(world.find("vultr_kubernetes")).toHaveLength(1);
    expect(world.find("vultr_vpc")).toHaveLength(1);
    const pools = world.find("vultr_kubernetes_node_pools").map(({ values }) => values.label);
    expect(pools).toHaveLength(new Set(pools).size);
    expect(await look((each) => each.workloadsNotReady(), ["no cluster"])).toEqual([]);
    const found = await look((each) => each.releases(), []);
    expect(found.filter(({ status }) => status !== "deployed")).toEqual([]);
  });

  test("and what it made is destroyed without a rest", async () => {
    await platform.destroy();
    expect(platform.engine.clusters.running()).toEqual([]);
    expect(platform.engine.world.size).toBe(0);
  });
});
