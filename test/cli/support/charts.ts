import { mkdirSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import path from "node:path";
import type { ChartPin } from "../../../constructs/kubernetes/chart-pin";
import { packChart } from "../../../sandbox/live/charts/archive";
import { Authority } from "../../../sandbox/live/pki";
import { type RunningProxy, startProxy } from "../../../sandbox/live/proxy";
import { temporaryFolder } from "./session";

/** A chart of the tests: two files and as many bytes as are asked for. */
export function chartArchive(name: string, version: string, padding = ""): Promise<Buffer> {
  return packChart(name, [
    { path: "Chart.yaml", text: `apiVersion: v2\nname: ${name}\nversion: ${version}\n` },
    { path: "values.yaml", text: `padding: "${padding}"\n` },
  ]);
}

/** Writes a synthesized program whose releases pin these charts. */
export function programOf(pins: readonly ChartPin[]): string {
  const folder = path.join(temporaryFolder(), "cdktf.out");
  const releases = pins.map((pin, index) => [`release-${index}`, { ...pin, repository: pin.repository || undefined }]);
  const stack = "l2-base-test";
  const write = (file: string, content: object) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), JSON.stringify(content));
  };
  write("manifest.json", {
    version: "0.21.0",
    stacks: { [stack]: { name: stack, constructPath: stack, workingDirectory: `stacks/${stack}`, dependencies: [] } },
  });
  write(`stacks/${stack}/cdk.tf.json`, { resource: { helm_release: Object.fromEntries(releases) } });
  return folder;
}

const running: RunningProxy[] = [];

/** Answers for hosts in place of the internet. */
export async function internet(hosts: Readonly<Record<string, RequestListener>>): Promise<RunningProxy> {
  const proxy = await startProxy({ authority: await Authority.create("test"), hosts, folder: temporaryFolder() });
  running.push(proxy);
  return proxy;
}

afterEach(async () => {
  for (const proxy of running.splice(0)) await proxy.stop();
});
