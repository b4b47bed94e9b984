import { writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder, tools } from "../../../cluster-support";
import { runningBelow } from "../../processes";
import { type OpenedClusters, SPEC } from "./opened";

/** Clusters that cannot be had. */
export function failingTests(opened: OpenedClusters): void {
  describe("a cluster that does not come up", () => {
    test("because a server ends at once is told with its log and what to do, and nothing of it runs", async () => {
      const folder = temporaryFolder();
      const broken = path.join(folder, "kube-scheduler");
      writeFileSync(broken, "#!/bin/sh\necho 'unknown flag: --kubeconfig'\nexit 1\n", { mode: 0o755 });
      const clusters = opened.open(folder, { tools: new Map([...tools, ["kube-scheduler", broken]]) });
      await expect(clusters.create(SPEC)).rejects.toThrow(
        /^Cluster platform did not come up: kube-scheduler of cluster platform ended as soon as it was started[\s\S]*unknown flag[\s\S]*Run again/,
      );
      expect(runningBelow(folder)).toEqual([]);
      expect(clusters.running()).toEqual([]);
    });

    test("because who is told of it fails does not run on", async () => {
      const folder = temporaryFolder();
      const clusters = opened.open(folder, { onRunning: () => Promise.reject(new Error("no controllers")) });
      await expect(clusters.create(SPEC)).rejects.toThrow("no controllers");
      expect(runningBelow(folder)).toEqual([]);
      expect(clusters.running()).toEqual([]);
    });
  });
}
