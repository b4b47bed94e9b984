import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { buildSync } from "esbuild";
import type { EmbeddedClusters, ProgramName } from "../../sandbox/clusters/embedded";
import { Servers } from "../../sandbox/live/servers";
import { Interrupted } from "../../sandbox/run/failure";
import {
  clientsOf,
  clusterSpec,
  deployAndWait,
  eventually,
  isAlive,
  makeNamespace,
  nodesOfPods,
  openClusters,
  podSpec,
  poolSpec,
  removeFolders,
  temporaryFolder,
  tools,
} from "./cluster-support";
import { runningBelow } from "./support/processes";

jest.setTimeout(180_000);

const SPEC = clusterSpec("platform");
const REPLICAS = { replicas: 2, spec: podSpec() };

/** What was opened in a test: ended after it, whatever became of it. */
const opened: { clusters: EmbeddedClusters; servers: Servers }[] = [];

function open(folder: string, options: Partial<Parameters<typeof openClusters>[0]> = {}): EmbeddedClusters {
  const servers = new Servers();
  const clusters = openClusters({ folder, servers, ...options });
  opened.push({ clusters, servers });
  return clusters;
}

afterEach(async () => {
  for (const { clusters, servers } of opened.splice(0)) {
    await clusters.stop();
    await servers.stop();
  }
});
afterAll(removeFolders);

describe("a cluster that was stopped", () => {
  test("comes back with all that it holds, at the same address, and works on", async () => {
    const folder = temporaryFolder();
    const first = open(folder);
    const connection = await first.create(SPEC);
    await first.setPool(SPEC.id, poolSpec("general", 2));
    const before = clientsOf(first, SPEC.id);
    await makeNamespace(before, "work");
    await deployAndWait(before, "work", "kept", REPLICAS);
    const secret = await before.core.createNamespacedSecret({
      namespace: "work",
      body: { metadata: { name: "kept" }, stringData: { a: "b" } },
    });
    await first.stop();
    expect(runningBelow(folder)).toEqual([]);

    const second = open(folder);
    expect(await second.resume([SPEC.id])).toEqual([]);
    const [running] = second.running();
    expect(running?.connection).toEqual(connection);
    expect(running?.bootSeconds).toBeLessThan(15);
    const after = clientsOf(second, SPEC.id);
    expect(await after.core.readNamespacedSecret({ namespace: "work", name: "kept" })).toEqual(secret);
    expect((await after.apps.readNamespacedDeployment({ namespace: "work", name: "kept" })).status?.readyReplicas).toBe(
      2,
    );
    expect(await nodesOfPods(after.core, "work", "kept")).toHaveLength(2);
    await deployAndWait(after, "work", "new", REPLICAS);
    await second.setPool(SPEC.id, poolSpec("general", 3));
    expect((await after.core.listNode()).items).toHaveLength(3);
    // A creation that is asked for again, because its answer was never written down, finds the cluster as well.
    expect(await second.create(SPEC)).toEqual(connection);
  });

  test("does not come back when another program took its port, and says which and what to do", async () => {
    const folder = temporaryFolder();
    const first = open(folder);
    const { server } = await first.create(SPEC);
    await first.stop();
    const port = Number(new URL(server).port);
    const stranger = createServer().listen(port, "127.0.0.1");
    try {
      const refused = open(folder).resume([SPEC.id]);
      await expect(refused).rejects.toThrow(
        new RegExp(
          `^Port ${port} .*in use by another program, and the API server of cluster platform needs it.\n.*End that program`,
        ),
      );
      expect(runningBelow(folder)).toEqual([]);
    } finally {
      stranger.close();
    }
    expect(await open(folder).resume([SPEC.id])).toEqual([]);
  });

  test("is forgotten with its folder when nobody names it any more", async () => {
    const folder = temporaryFolder();
    const first = open(folder);
    await first.create(SPEC);
    await first.stop();
    const second = open(folder);
    expect(await second.resume([])).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a cluster in which a server was killed", () => {
  const folder = temporaryFolder();
  const servers = new Servers();
  const clusters = openClusters({ folder, servers });

  beforeAll(async () => {
    await clusters.create(SPEC);
    await clusters.setPool(SPEC.id, poolSpec("general", 2));
    await makeNamespace(clientsOf(clusters, SPEC.id), "work");
  });
  afterAll(async () => {
    await clusters.stop();
    await servers.stop();
  });

  test.each<ProgramName>(["kube-apiserver", "etcd", "kube-controller-manager", "kube-scheduler", "kwok"])(
    "%s works on after it is started again, with nothing lost and nothing twice",
    async (program) => {
      const clients = clientsOf(clusters, SPEC.id);
      await deployAndWait(clients, "work", `before-${program}`, REPLICAS);
      const survivors = clusters.pids(SPEC.id).length;
      await clusters.kill(SPEC.id, program);
      expect(clusters.pids(SPEC.id)).toHaveLength(survivors - 1);
      await clusters.restart(SPEC.id);
      expect(clusters.pids(SPEC.id)).toHaveLength(survivors);
      expect(await nodesOfPods(clients.core, "work", `before-${program}`)).toHaveLength(2);
      await deployAndWait(clients, "work", `after-${program}`, REPLICAS);
    },
  );

  test("the API server, in the middle of many changes, ends where the changes lead", async () => {
    const { apps, core } = clientsOf(clusters, SPEC.id);
    const names = Array.from({ length: 12 }, (_, index) => `many-${index}`);
    const create = (name: string) => {
      const labels = { app: name };
      const template = { metadata: { labels }, spec: podSpec() };
      return apps.createNamespacedDeployment({
        namespace: "work",
        body: { metadata: { name }, spec: { replicas: 2, selector: { matchLabels: labels }, template } },
      });
    };
    const created = Promise.allSettled(names.map(create));
    await eventually("the first ones are there", async () =>
      (await nodesOfPods(core, "work", "many-0").catch(() => [])).length > 0 ? true : undefined,
    );
    await clusters.kill(SPEC.id, "kube-apiserver");
    await created;
    await clusters.restart(SPEC.id);
    for (const name of names) {
      await create(name).catch((error: { code?: number }) => {
        if (error.code !== 409) throw error;
      });
    }
    await eventually("all are ready", async () => {
      const { items } = await apps.listNamespacedDeployment({ namespace: "work" });
      const many = items.filter(({ metadata }) => metadata?.name?.startsWith("many-"));
      return many.every(({ status }) => status?.readyReplicas === 2) ? true : undefined;
    });
    for (const name of names) expect(await nodesOfPods(core, "work", name)).toHaveLength(2);
  });
});

describe("a creation that was cut off", () => {
  const bundle = path.join(temporaryFolder(), "create.cjs");

  beforeAll(() => {
    const source = path.join(__dirname, "..", "..", "sandbox");
    buildSync({
      stdin: {
        contents: `
          import { EmbeddedClusters } from "${source}/clusters/embedded";
          import { Servers } from "${source}/live/servers";
          const { folder, tools, spec } = JSON.parse(process.argv[2]);
          new EmbeddedClusters({ folder, servers: new Servers(), tools: new Map(tools) }).create(spec);`,
        resolveDir: source,
      },
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "cjs",
      logLevel: "error",
    });
  });

  test.each(["pki/ca-key.pem", "kubeconfig", "logs/kube-apiserver.log", "logs/kwok.log"])(
    "when %s was just made is taken up by the next one, and nothing of it runs on",
    async (file) => {
      const folder = temporaryFolder();
      const job = JSON.stringify({ folder, tools: [...tools], spec: SPEC });
      const child = spawn(process.execPath, [bundle, job], { stdio: "ignore" });
      await eventually(`${file} is there`, async () => existsSync(path.join(folder, SPEC.id, file)) || undefined);
      child.kill("SIGKILL");
      await eventually("the process is gone", async () => (isAlive(child.pid ?? 0) ? undefined : true));
      const clusters = open(folder);
      await clusters.create(SPEC);
      await clusters.setPool(SPEC.id, poolSpec("general", 1));
      const clients = clientsOf(clusters, SPEC.id);
      await makeNamespace(clients, "work");
      await deployAndWait(clients, "work", "app", REPLICAS);
      await clusters.stop();
      await eventually("nothing of either runs", async () => (runningBelow(folder).length === 0 ? true : undefined));
    },
  );

  test("is told as lost when a state names it all the same", async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, SPEC.id, "pki"), { recursive: true });
    writeFileSync(path.join(folder, SPEC.id, "cluster.json"), `{"id":"${SPEC.id}"`);
    const clusters = open(folder);
    expect(await clusters.resume([SPEC.id])).toEqual([SPEC.id]);
    expect(readdirSync(folder)).toEqual([]);
    await clusters.create(SPEC);
  });

  test("by the one who started it leaves nothing that runs", async () => {
    const folder = temporaryFolder();
    const clusters = open(folder);
    const creation = clusters.create(SPEC);
    const interrupted = expect(creation).rejects.toThrow(Interrupted);
    await eventually("etcd is starting", async () => existsSync(path.join(folder, SPEC.id, "etcd:1")) || undefined);
    await clusters.stop();
    await interrupted;
    expect(runningBelow(folder)).toEqual([]);
  });
});

describe("a cluster that does not come up", () => {
  test("because a server ends at once is told with its log and what to do, and nothing of it runs", async () => {
    const folder = temporaryFolder();
    const broken = path.join(folder, "kube-scheduler");
    writeFileSync(broken, "#!/bin/sh\necho 'unknown flag: --kubeconfig'\nexit 1\n", { mode: 0o755 });
    const clusters = open(folder, { tools: new Map([...tools, ["kube-scheduler", broken]]) });
    await expect(clusters.create(SPEC)).rejects.toThrow(
      /^Cluster platform did not come up: kube-scheduler of cluster platform ended as soon as it was started[\s\S]*unknown flag[\s\S]*Run again/,
    );
    expect(runningBelow(folder)).toEqual([]);
    expect(clusters.running()).toEqual([]);
  });

  test("because who is told of it fails does not run on", async () => {
    const folder = temporaryFolder();
    const clusters = open(folder, { onRunning: () => Promise.reject(new Error("no controllers")) });
    await expect(clusters.create(SPEC)).rejects.toThrow("no controllers");
    expect(runningBelow(folder)).toEqual([]);
    expect(clusters.running()).toEqual([]);
  });
});
