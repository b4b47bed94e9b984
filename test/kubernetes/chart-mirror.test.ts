import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { App } from "cdktf";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { renderProgram } from "../../constructs/core/synth";
import { writeProgram } from "../../constructs/core/synth/output";
import { useChartMirror } from "../../constructs/kubernetes/chart-mirror";
import {
  archiveName,
  formatChecksums,
  isMirrorable,
  parseChecksums,
} from "../../constructs/kubernetes/chart-mirror/format";
import { ManifestSet } from "../../constructs/kubernetes/manifest-set";
import { PinnedChart } from "../../constructs/kubernetes/pinned-chart";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { clusterStack, refusal, refusals, render, resourcesOf, testApp } from "../helpers/program";

const folder = mkdtempSync(path.join(tmpdir(), "strata-mirror-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

/** A mirror with these archives, and the checksums that they have or are said to have. */
function mirror(archives: Readonly<Record<string, string>>, checksums: Readonly<Record<string, string>> = {}): string {
  const place = mkdtempSync(path.join(folder, "m-"));
  const lines = new Map(Object.entries(archives).map(([file, content]) => [file, checksums[file] ?? sha256(content)]));
  for (const [file, content] of Object.entries(archives)) writeFileSync(path.join(place, file), content);
  writeFileSync(path.join(place, "checksums.txt"), formatChecksums(lines));
  return place;
}

interface Pins {
  readonly version?: string;
  readonly repositories?: readonly string[];
}

/** A program with a release of the chart `demo` from each repository, and one of our own. */
const program =
  (place: string | undefined, { version = "v1.2.3", repositories = ["https://charts.example"] }: Pins = {}) =>
  (app: App) => {
    if (place !== undefined) useChartMirror(app, place);
    const { stack, target } = clusterStack(app);
    new TenantNamespace(stack, "namespace", { target, name: "demo" });
    const waiting = { until: "submitted", reason: "demo" } as const;
    for (const [index, repository] of repositories.entries()) {
      const release = `demo-${index}`;
      const pin = { chart: "demo", repository, version };
      new PinnedChart(stack, release, { target, release, namespace: "demo", pin, values: {}, waiting });
    }
    const manifests = [new ConfigMap({ metadata: { name: "a" } })];
    new ManifestSet(stack, "own", { target, release: "own", namespace: "demo", manifests, waiting });
  };

const releases = (build: (app: App) => void) =>
  resourcesOf(render(build)["l2-base-test"], "helm_release").map(({ chart, repository, version }) => ({
    chart,
    repository,
    version,
  }));

test("without a mirror a release names the chart's own repository", () => {
  expect(releases(program(undefined))[0]).toEqual({
    chart: "demo",
    repository: "https://charts.example",
    version: "v1.2.3",
  });
});

test("with one it names the archive beside the stacks and its version; our own chart stays where it is", () => {
  const place = mirror({ "demo-v1.2.3.tgz": "archive" });
  expect(releases(program(place))).toEqual([
    { chart: "../../charts/mirror/demo-v1.2.3.tgz", repository: undefined, version: "v1.2.3" },
    { chart: "../../charts/manifests", repository: undefined, version: expect.any(String) },
  ]);
});

test("the archives that are used stand beside the stacks, each once and byte by byte", () => {
  const place = mirror({ "demo-v1.2.3.tgz": "archive", "unused-1.0.0.tgz": "unused" });
  const app = testApp();
  program(place, { repositories: ["https://charts.example", "https://charts.example"] })(app);
  writeProgram(app, renderProgram(app, { complete: true }), {});
  expect(readFileSync(path.join(app.outdir, "charts/mirror/demo-v1.2.3.tgz"), "utf8")).toBe("archive");
  expect(() => readFileSync(path.join(app.outdir, "charts/mirror/unused-1.0.0.tgz"))).toThrow("ENOENT");
});

test.each([
  ["that lacks the chart", mirror({}), " has no demo v1.2.3. Run"],
  [
    "whose archive is not the one that was pulled",
    mirror({ "demo-v1.2.3.tgz": "changed" }, { "demo-v1.2.3.tgz": sha256("pulled") }),
    "has another demo v1.2.3 than was pulled",
  ],
  [
    "without a checksum of the archive",
    mirror({ "demo-v1.2.3.tgz": "archive" }, { "demo-v1.2.3.tgz": "none" }),
    "has no checksum of demo v1.2.3 in its checksums.txt",
  ],
  ["that is not there", path.join(folder, "nowhere"), "nowhere is not there"],
])("a mirror %s is refused once, with what to do", (_, place, problem) => {
  const repositories = ["https://charts.example", "https://charts.example"];
  const said = refusal(program(place, { repositories }));
  expect(said).toContain(problem);
  expect(said).toContain("Run `npx strata charts pull`");
});

test("a chart and version that come from two repositories are refused, for they would be one archive", () => {
  const place = mirror({ "demo-v1.2.3.tgz": "archive" });
  expect(refusal(program(place, { repositories: ["https://a.example", "https://b.example"] }))).toContain(
    "demo v1.2.3 comes from two repositories, https://a.example and https://b.example",
  );
});

test("a floating version is refused in a mirror too", () => {
  const issues = refusals(program(mirror({}), { version: "latest" }));
  expect(issues.map(({ problem }) => problem).join()).toContain("floating version");
});

test("checksums are written sorted, and read back as sha256sum writes them", () => {
  const text = formatChecksums(
    new Map([
      ["b-1.tgz", "b".repeat(64)],
      ["a-1.tgz", "a".repeat(64)],
    ]),
  );
  expect(text).toBe(`${"a".repeat(64)}  a-1.tgz\n${"b".repeat(64)}  b-1.tgz\n`);
  expect([...parseChecksums(`${text}# a note\n${"c".repeat(64)} *c-1.tgz\n${"D".repeat(64)}  d-1.tgz\n`)]).toEqual([
    ["a-1.tgz", "a".repeat(64)],
    ["b-1.tgz", "b".repeat(64)],
    ["c-1.tgz", "c".repeat(64)],
  ]);
});

test("archives are called as Helm calls them, and a name that leaves the folder is none", () => {
  expect(archiveName({ chart: "demo", version: "1.2.3+build" })).toBe("demo-1.2.3+build.tgz");
  expect(isMirrorable({ chart: "demo", version: "v1.2.3-rc.1+b" })).toBe(true);
  expect(isMirrorable({ chart: "../demo", version: "1.0.0" })).toBe(false);
  expect(isMirrorable({ chart: "demo", version: "../1.0.0" })).toBe(false);
});
