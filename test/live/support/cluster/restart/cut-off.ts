import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { Interrupted } from "../../../../../sandbox/run/failure";
import { clientsOf, eventually, isAlive, poolSpec, temporaryFolder, tools } from "../../../cluster-support";
import { runningBelow } from "../../processes";
import { deployAndWait, makeNamespace } from "../deployments";
import { type OpenedClusters, REPLICAS, SPEC } from "./opened";

/** Creations that end in the middle. */
export function cutOffTests(opened: OpenedClusters): void {
  describe("a creation that was cut off", () => {
    const bundle = path.join(temporaryFolder(), "create.cjs");

    beforeAll(() => {
      const source = path.resolve("sandbox");
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
        const clusters = opened.open(folder);
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
      const clusters = opened.open(folder);
      expect(await clusters.resume([SPEC.id])).toEqual([SPEC.id]);
      expect(readdirSync(folder)).toEqual([]);
      await clusters.create(SPEC);
    });

    test("by the one who started it leaves nothing that runs", async () => {
      const folder = temporaryFolder();
      const clusters = opened.open(folder);
      const creation = clusters.create(SPEC);
      const interrupted = expect(creation).rejects.toThrow(Interrupted);
      await eventually("etcd is starting", async () => existsSync(path.join(folder, SPEC.id, "etcd:1")) || undefined);
      await clusters.stop();
      await interrupted;
      expect(runningBelow(folder)).toEqual([]);
    });
  });
}
