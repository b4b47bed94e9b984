import { Release } from "@cdktf/provider-helm/lib/release";
import type { App } from "cdktf";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { parse } from "yaml";
import { unescapeTemplates } from "../../constructs/core/escape";
import { type ManifestObject, ManifestSet } from "../../constructs/kubernetes/manifest-set";
import { PinnedChart, type PinnedChartProps } from "../../constructs/kubernetes/pinned-chart";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { clusterStack, refusal, refusals, render, resourcesOf } from "../helpers/program";

const BASE: Omit<PinnedChartProps, "target"> = {
  release: "demo",
  namespace: "demo",
  pin: { chart: "demo", repository: "https://charts.example", version: "1.2.3" },
  values: { replicas: 1 },
  known: { chart: "demo", version: "1.2.3", paths: ["annotations.*", "image.tag", "replicas"] },
  waiting: { until: "workloads", atomic: true, timeoutSeconds: 300, reason: "demo" },
};

const chart =
  (props: Partial<PinnedChartProps> = {}) =>
  (app: App) => {
    const { stack, target } = clusterStack(app);
    new TenantNamespace(stack, "namespace", { target, name: "demo" });
    new PinnedChart(stack, "chart", { ...BASE, target, ...props });
  };

const manifests =
  (...objects: ManifestObject[]) =>
  (app: App) => {
    const { stack, target } = clusterStack(app);
    new TenantNamespace(stack, "namespace", { target, name: "demo" });
    const waiting = { until: "submitted", reason: "demo" } as const;
    new ManifestSet(stack, "set", { target, release: "demo", namespace: "demo", manifests: objects, waiting });
  };

const release = (build: (app: App) => void) => resourcesOf(render(build)["l2-base-test"], "helm_release")[0];

test("a release states how it waits, whatever the provider's defaults are", () => {
  expect(release(chart())).toMatchObject({ wait: true, wait_for_jobs: false, atomic: true, timeout: 300 });
});

test("a release that runs Jobs waits for them and is never rolled back over them", () => {
  const jobs = { until: "jobs", timeoutSeconds: 900, reason: "migrations" } as const;
  expect(release(chart({ waiting: jobs }))).toMatchObject({ wait: true, wait_for_jobs: true, atomic: false });
});

test("a release made without a construct of ours must state how it waits, too", () => {
  const issues = refusals((app) => {
    const { stack, target } = clusterStack(app);
    new TenantNamespace(stack, "namespace", { target, name: "demo" });
    new Release(stack, "raw", { provider: target.helm, name: "raw", chart: "x", namespace: "demo", atomic: true });
  });
  expect(issues.map((issue) => issue.problem)).toEqual([
    "does not state wait",
    "does not state wait_for_jobs",
    "does not state timeout",
  ]);
});

test.each(["latest", "^1.2.0", "1.2", "1.x.x", "*"])("a chart version %s is refused as floating", (version) => {
  expect(refusal(chart({ pin: { ...BASE.pin, version } }))).toContain("chart demo has a floating version");
});

test("a value path that the chart does not know is refused with the nearest ones", () => {
  expect(refusal(chart({ values: { image: { tga: "1.0.0" } } }))).toContain(
    "chart demo 1.2.3 has no value image.tga. Use one of image.tag",
  );
});

test("a path below an open map is the user's to choose", () => {
  expect(() => render(chart({ values: { annotations: { "example.com/a": "b" } } }))).not.toThrow();
});

test("a release name longer than Helm takes is refused", () => {
  expect(refusal(chart({ release: "a".repeat(54) }))).toContain("release name is not valid for Helm");
});

test("a release into a namespace that nothing creates is refused", () => {
  expect(
    refusal((app) => {
      const { stack, target } = clusterStack(app);
      new PinnedChart(stack, "chart", { ...BASE, target });
    }),
  ).toContain("release test/demo/demo goes into a namespace that nothing creates");
});

test("Terraform's template marks in values reach the cluster as they are", () => {
  const script = 'echo "${HOME}" %{ if } $${x}';
  const values = release(chart({ values: { annotations: { script } } }))?.values;
  const text = Array.isArray(values) ? String(values[0]) : "";
  expect(text).not.toMatch(/(?<!\$)\$\{/);
  expect(parse(unescapeTemplates(text))).toEqual({ annotations: { script } });
});

test("a template mark that nobody escaped is refused", () => {
  expect(refusal(chart({ overrides: { values: ["a: ${b}"] } }))).toContain("holds a Terraform template");
});

test("a manifest that does not follow its schema is refused with the schema's words", () => {
  const bad = new Deployment({ metadata: { name: "web" }, spec: { replicas: 1 } as never });
  expect(refusal(manifests(bad))).toMatch(/Deployment web does not follow its schema: .*selector/s);
});

test("a manifest with a floating image is refused", () => {
  const container = { name: "web", image: "nginx:latest" };
  const labels = { app: "web" };
  const web = new Deployment({
    metadata: { name: "web" },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  });
  expect(refusal(manifests(web))).toContain('Deployment web uses a floating image (found "nginx:latest")');
});

test("a Terraform token inside a manifest is refused", () => {
  const issues = refusals((app) => {
    const { stack, target } = clusterStack(app);
    new TenantNamespace(stack, "namespace", { target, name: "demo" });
    const manifest = new ConfigMap({ metadata: { name: "host" }, data: { host: target.host } });
    const waiting = { until: "submitted", reason: "demo" } as const;
    new ManifestSet(stack, "set", { target, release: "demo", namespace: "demo", manifests: [manifest], waiting });
  });
  expect(issues.map((issue) => issue.problem).join()).toContain("ConfigMap host holds a Terraform token");
});

test("two objects of one kind and name in a namespace are refused", () => {
  const map = () => new ConfigMap({ metadata: { name: "same" } });
  expect(refusal(manifests(map(), map()))).toContain("kubernetes-object test/demo/ConfigMap/same has 2 owners");
});

test("the manifests chart is found by a relative path and its version stands for its content", () => {
  const { chart: path, version, repository } = release(manifests(new ConfigMap({ metadata: { name: "a" } }))) ?? {};
  expect(path).toBe("../../charts/manifests");
  expect(version).toMatch(/^1\.0\.0\+[0-9a-f]{12}$/);
  expect(repository).toBeUndefined();
});
