import type { Values } from "../../sandbox/providers/wire/values";
import {
  clusterConfig,
  connectionTo,
  describeWithTerraform,
  type Json,
  openWorkspace,
  removeFolders,
  type Workspace,
} from "./support";

jest.setTimeout(60_000);

const NAMESPACE = { metadata: { name: "web" } };

describeWithTerraform("the simulated Kubernetes and Helm, with real Terraform", () => {
  let space: Workspace;

  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.stop());
  afterAll(removeFolders);

  /** Two clusters, each with its own configuration of both providers. */
  const config = (resource: Json, rest: Json = {}): Json => ({
    required: ["vultr", "helm", "kubernetes"],
    provider: {
      vultr: { api_key: "sandbox" },
      kubernetes: [connectionTo("one"), { alias: "two", ...connectionTo("two") }],
      helm: [{ kubernetes: connectionTo("one") }, { alias: "two", kubernetes: connectionTo("two") }],
    },
    resource: {
      vultr_kubernetes: { one: clusterConfig({ label: "one" }), two: clusterConfig({ label: "two" }) },
      ...resource,
    },
    ...rest,
  });
  const release = (changes: Json = {}): Json => ({
    name: "traefik",
    namespace: "web",
    chart: "traefik",
    repository: "https://traefik.github.io/charts",
    version: "37.0.0",
    values: ["deployment:\n  replicas: 2\n"],
    ...changes,
  });
  const web = { kubernetes_namespace_v1: { web: NAMESPACE } };
  const inWeb = { depends_on: ["kubernetes_namespace_v1.web"] };

  test("a namespace with a release is applied, planned again without a change, and destroyed", async () => {
    await space.apply(config({ ...web, helm_release: { r: release(inWeb) } }));
    expect(space.state("helm_release.r")).toMatchObject({
      id: "traefik",
      status: "deployed",
      metadata: { revision: 1, chart: "traefik", version: "37.0.0", values: '{"deployment":{"replicas":2}}' },
    });
    expect((await space.plan()).code).toBe(0);
    expect((await space.terraform.destroy(space.folder)).code).toBe(0);
    expect(space.providers.world.size).toBe(0);
  });

  test("an upgrade of a release counts its revision", async () => {
    await space.apply(config({ ...web, helm_release: { r: release(inWeb) } }));
    await space.apply(config({ ...web, helm_release: { r: release({ ...inWeb, version: "37.1.0" }) } }));
    expect(space.state("helm_release.r").metadata).toMatchObject({ revision: 2, version: "37.1.0" });
    expect((await space.plan()).code).toBe(0);
  });

  test("another namespace makes a new release", async () => {
    await space.apply(config({ ...web, helm_release: { r: release(inWeb) } }));
    space.write(config({ ...web, helm_release: { r: release({ ...inWeb, namespace: "default" }) } }));
    expect((await space.plan()).output).toContain("must be replaced");
  });

  test("a release into a namespace that is missing is refused, unless it makes the namespace", async () => {
    expect(await space.refused(config({ helm_release: { r: release() } }))).toContain('namespaces "web" not found');
    await space.apply(config({ helm_release: { r: release({ create_namespace: true }) } }));
  });

  test("a second release of one name in one namespace is refused", async () => {
    const both = { r: release(inWeb), s: release({ ...inWeb, version: "1.0.0" }) };
    expect(await space.refused(config({ ...web, helm_release: both }))).toContain(
      "cannot re-use a name that is still in use",
    );
  });

  test("values that are no mapping are refused", async () => {
    const text = await space.refused(config({ ...web, helm_release: { r: release({ ...inWeb, values: ["- a\n"] }) } }));
    expect(text).toContain("values[0] is not a YAML mapping");
  });

  test("a namespace that is there already is refused", async () => {
    const twice = { kubernetes_namespace_v1: { web: NAMESPACE, again: NAMESPACE } };
    expect(await space.refused(config(twice))).toContain('namespaces "web" already exists');
  });

  test("two clusters behind aliased configurations do not mix", async () => {
    const second = { ...NAMESPACE, provider: "kubernetes.two" };
    await space.apply(
      config({
        kubernetes_namespace_v1: { web: NAMESPACE, second },
        helm_release: {
          r: release(inWeb),
          s: release({ provider: "helm.two", depends_on: ["kubernetes_namespace_v1.second"] }),
        },
      }),
    );
    const scopes = space.providers.world.find("helm_release").map(({ scope }) => scope);
    expect(new Set(scopes).size).toBe(2);
    expect((await space.plan()).code).toBe(0);
  });

  test("a namespace of another cluster does not count", async () => {
    const second = { ...NAMESPACE, provider: "kubernetes.two" };
    const elsewhere = {
      kubernetes_namespace_v1: { second },
      helm_release: { r: release({ depends_on: ["kubernetes_namespace_v1.second"] }) },
    };
    expect(await space.refused(config(elsewhere))).toContain('namespaces "web" not found');
  });

  test("a namespace takes with it what lives in it", async () => {
    await space.apply(config({ ...web, helm_release: { r: release(inWeb) } }));
    await space.terraform.run(space.folder, "state", "rm", "helm_release.r");
    await space.apply(config({}));
    expect(space.providers.world.find("helm_release")).toEqual([]);
  });

  test("the load balancer of a service has an address that is the same in every plan", async () => {
    const data = {
      kubernetes_service_v1: { s: { metadata: { name: "traefik", namespace: "web" }, depends_on: ["helm_release.r"] } },
    };
    const ip = "${data.kubernetes_service_v1.s.status[0].load_balancer[0].ingress[0].ip}";
    await space.apply(config({ ...web, helm_release: { r: release(inWeb) } }, { data, output: { ip: { value: ip } } }));
    const { output } = await space.terraform.run(space.folder, "output", "-raw", "ip");
    expect(output).toMatch(/^203\.0\.113\.\d+$/);
    expect((await space.plan()).code).toBe(0);
  });

  test.each<[string, Json, string]>([
    ["an API server that does not exist", { host: "https://nowhere.vultr-k8s.com:6443" }, "connection refused"],
    ["no host", { host: null }, "connection refused"],
    [
      "a certificate that is still base64",
      { cluster_ca_certificate: "${vultr_kubernetes.one.cluster_ca_certificate}" },
      "cluster_ca_certificate is not a PEM certificate",
    ],
    ["a key that is none", { client_key: "nonsense" }, "client_key is not a PEM key"],
  ])("a connection with %s is refused at apply", async (_, changes, text) => {
    const wrong = {
      ...config(web),
      provider: { vultr: { api_key: "sandbox" }, kubernetes: { ...connectionTo("one"), ...changes } },
    };
    expect(await space.refused({ ...wrong, required: ["vultr", "kubernetes"] })).toContain(text);
  });

  test("metadata are computed as the API does it", async () => {
    await space.apply(config(web));
    const [metadata] = space.state("kubernetes_namespace_v1.web").metadata as Values[];
    expect(space.state("kubernetes_namespace_v1.web").id).toBe("web");
    expect(metadata).toMatchObject({ uid: expect.stringMatching(/^[0-9a-f-]{36}$/), resource_version: "1001" });
  });
});
