import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { JsonObject } from "../../constructs/core/json";
import { blocks } from "../../constructs/core/synth/stack-json";
import { pinnedCharts, serveCharts } from "../../sandbox/live/charts";
import { Authority } from "../../sandbox/live/pki";
import { type RunningProxy, startProxy } from "../../sandbox/live/proxy";
import { requireTools } from "../../sandbox/tools/find";
import { loadPlatform } from "../../schema/load";
import { strata } from "../cli/support/session";
import { exampleDir, loadExample, synthesize, writeSynthesized } from "../helpers/examples";
import { at, list, releasesOf } from "../helpers/releases";
import { type ChartRelease, chartArguments, chartReleases, Helm } from "./support/helm";
import { podFindings } from "./support/pod-security";

jest.setTimeout(300_000);

const program = synthesize(loadExample("acme"));
const out = writeSynthesized(program);
const releases = chartReleases(program.stacks);
const folder = mkdtempSync(path.join(tmpdir(), "strata-live-charts-"));
const helmProgram = requireTools(["helm"]).get("helm") ?? "";
/** What each release applies where all charts are stand-ins. */
const applied = new Map<ChartRelease, JsonObject[]>();
let proxy: RunningProxy;
let served: Awaited<ReturnType<typeof serveCharts>>;
let helm: Helm;

beforeAll(async () => {
  served = await serveCharts({ program: out });
  proxy = await startProxy({ authority: await Authority.create("charts"), hosts: served.hosts, folder });
  helm = new Helm(helmProgram, path.join(folder, "helm"), proxy.environment);
  for (const release of releases) applied.set(release, await helm.render(release));
});

afterAll(async () => {
  await proxy?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const objectsOf = (kinds: readonly string[]) =>
  [...applied].flatMap(([release, objects]) =>
    objects.filter(({ kind }) => kinds.includes(String(kind))).map((object) => ({ release, object })),
  );

describe("the real Helm, through the proxy", () => {
  test("pulls every chart of the example, from repositories and from a registry", async () => {
    const to = path.join(folder, "pulled");
    mkdirSync(to);
    const before = served.table().map((row) => row.served);
    for (const pin of pinnedCharts(out)) {
      const asked = { ...pin, stack: "", cluster: "", namespace: "", name: "" };
      await helm.run(["pull", ...chartArguments(asked), "--destination", to]);
    }
    expect(readdirSync(to).sort()).toEqual(
      pinnedCharts(out)
        .map(({ chart, version }) => `${chart}-${version}.tgz`)
        .sort(),
    );
    expect(served.table().map((row, index) => row.served - (before[index] ?? 0))).toEqual(before.map(() => 1));
    expect(proxy.requests().filter(({ refused }) => refused)).toEqual([]);
  });

  test("is refused everything else, with the host in its message", async () => {
    const pull = helm.run(["pull", "web", "--repo", "https://elsewhere.example", "--version", "1.0.0"]);
    await expect(pull).rejects.toThrow("nobody who answers for elsewhere.example:443");
  });
});

describe("the stand-ins, with the values of the program", () => {
  test("bring a workload for each release, and pods that every namespace admits", () => {
    const workloads = objectsOf(["Deployment", "StatefulSet", "DaemonSet", "Job"]);
    expect(new Set(workloads.map(({ release }) => release)).size).toBe(releases.length);
    const findings = workloads.flatMap(({ release, object }) => {
      const spec = at(object, "spec", "template", "spec");
      const pod = typeof spec === "object" && spec !== null && !Array.isArray(spec) ? (spec as JsonObject) : {};
      return podFindings(pod).map(
        (finding) => `${release.stack} ${String(at(object, "metadata", "name"))}: ${finding}`,
      );
    });
    expect(findings).toEqual([]);
  });

  test("say of every object that it is one", () => {
    const unmarked = [...applied.values()]
      .flat()
      .filter(({ kind }) => kind !== "CustomResourceDefinition")
      .filter((object) => at(object, "metadata", "labels", "strata.sandbox/stand-in") === undefined);
    expect(unmarked).toEqual([]);
  });

  test("define every kind of custom resource that the program applies, on its cluster", () => {
    const builtIn = ["v1", "apps/v1", "autoscaling/v2", "batch/v1", "policy/v1", "rbac.authorization.k8s.io/v1"];
    const defined = new Map(
      objectsOf(["CustomResourceDefinition"]).flatMap(({ release, object }) =>
        list(at(object, "spec", "versions"))
          .filter(({ served: isServed }) => isServed === true)
          .map(({ name }) => [
            `${release.cluster} ${String(at(object, "spec", "group"))}/${String(name)} ${String(at(object, "spec", "names", "kind"))}`,
            at(object, "spec", "scope"),
          ]),
      ),
    );
    const used = releasesOf(program.stacks).flatMap(({ cluster, objects }) =>
      objects
        .filter(({ apiVersion }) => !builtIn.includes(apiVersion))
        .map((object) => ({ key: `${cluster} ${object.apiVersion} ${object.kind}`, object })),
    );
    expect(new Set(used.map(({ object }) => object.kind)).size).toBeGreaterThan(9);
    expect(used.filter(({ key }) => !defined.has(key)).map(({ key }) => key)).toEqual([]);
    // A resource of the whole cluster has no namespace to be put into.
    expect(defined.get("platform cert-manager.io/v1 ClusterIssuer")).toBe("Cluster");
    const misplaced = used.filter(
      ({ key, object }) => defined.get(key) === "Cluster" && at(object.json, "metadata", "namespace") !== undefined,
    );
    expect(misplaced).toEqual([]);
  });

  test("bring the Services that stacks read addresses from, as load balancers", () => {
    const balancers = objectsOf(["Service"])
      .filter(({ object }) => at(object, "spec", "type") === "LoadBalancer")
      .map(({ release, object }) => `${release.stack} ${release.namespace}/${String(at(object, "metadata", "name"))}`);
    const read = program.stacks.flatMap((stack) =>
      blocks(stack, "data")
        .filter(({ type }) => type === "kubernetes_service_v1")
        .map(
          ({ body }) =>
            `${stack.id} ${String(at(body, "metadata", "namespace"))}/${String(at(body, "metadata", "name"))}`,
        ),
    );
    expect(read).toHaveLength(4);
    expect(balancers.sort()).toEqual(read.sort());
  });

  test("bring the Services that routes lead to, with their ports", () => {
    const ours = releasesOf(program.stacks).flatMap(({ cluster, namespace, objects }) =>
      objects.filter(({ kind }) => kind === "Service").map(({ json }) => ({ cluster, namespace, service: json })),
    );
    const theirs = objectsOf(["Service"]).map(({ release: { cluster, namespace }, object }) => ({
      cluster,
      namespace,
      service: object,
    }));
    const backends = new Set(
      [...ours, ...theirs].flatMap(({ cluster, namespace, service }) =>
        list(at(service, "spec", "ports")).map(
          ({ port }) => `${cluster} ${namespace}/${String(at(service, "metadata", "name"))}:${String(port)}`,
        ),
      ),
    );
    const routed = releasesOf(program.stacks).flatMap(({ cluster, namespace, objects }) =>
      objects
        .filter(({ kind }) => kind === "IngressRoute")
        .flatMap(({ json }) => list(at(json, "spec", "routes")).flatMap((route) => list(route.services)))
        // What Traefik answers by itself.
        .filter(({ kind }) => kind !== "TraefikService")
        .map(({ name, port }) => `${cluster} ${namespace}/${String(name)}:${String(port)}`),
    );
    expect(routed.length).toBeGreaterThan(6);
    expect(routed.filter((backend) => !backends.has(backend))).toEqual([]);
  });

  test("make the volumes that the values ask for", () => {
    const claims = objectsOf(["PersistentVolumeClaim"]).map(({ object }) => object);
    expect(claims.map((claim) => at(claim, "spec", "storageClassName"))).toEqual(
      claims.map(() => "vultr-block-storage-retain"),
    );
    expect(claims).toHaveLength(3);
    const [vault] = objectsOf(["StatefulSet"]);
    expect(
      list(at(vault?.object, "spec", "volumeClaimTemplates")).map((claim) => at(claim, "metadata", "name")),
    ).toEqual(["audit", "data"]);
  });
});

describe("a mirror that strata charts pull has filled through the proxy", () => {
  const config = path.join(folder, "config");
  const mirror = path.join(config, "charts-mirror");

  beforeAll(async () => {
    cpSync(exampleDir("acme"), config, { recursive: true });
    appendFileSync(path.join(config, "platform.yaml"), "\ncharts:\n  mirror: ./charts-mirror\n");
    const env = { PATH: process.env.PATH, ...proxy.environment };
    const { code, out: said, err } = await strata(["charts", "pull", "--config", config, "--json"], { env });
    if (code !== 0) throw new Error(err);
    expect(JSON.parse(said)).toMatchObject({ mirror, problems: [] });
  });

  test("has every chart of the configuration, and a second pull asks for nothing", async () => {
    const before = proxy.requests().length;
    const env = { PATH: process.env.PATH, ...proxy.environment };
    expect((await strata(["charts", "pull", "--config", config], { env })).code).toBe(0);
    expect(proxy.requests().length).toBe(before);
    expect(await strata(["charts", "list", "--config", config], { env: { PATH: process.env.PATH } })).toMatchObject({
      code: 0,
    });
  });

  test("is served in place of the stand-ins", async () => {
    const fromMirror = await serveCharts({ program: out, mirror });
    expect(new Set(fromMirror.table().map(({ source }) => source))).toEqual(new Set(["mirror"]));
  });

  test("gives the same objects without any network", async () => {
    const isolated = synthesize(loadPlatform(config));
    const folderOf = writeSynthesized(isolated);
    const offline = new Helm(helmProgram, path.join(folder, "offline"), { HTTPS_PROXY: "http://127.0.0.1:9" });
    for (const release of chartReleases(isolated.stacks)) {
      const same = releases.find(
        ({ stack, name, namespace }) =>
          stack === release.stack && name === release.name && namespace === release.namespace,
      );
      const objects = await offline.render(release, path.join(folderOf, "stacks", release.stack));
      expect(objects).toEqual(same && applied.get(same));
    }
    expect(readdirSync(path.join(folderOf, "charts/mirror"))).toHaveLength(pinnedCharts(out).length);
    expect(readFileSync(path.join(mirror, "checksums.txt"), "utf8").trim().split("\n")).toHaveLength(
      pinnedCharts(out).length,
    );
  });
});
