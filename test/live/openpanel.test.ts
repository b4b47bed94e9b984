import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { OPENPANEL, type OpenPanelSettings } from "../../constructs/apps/openpanel";
import { sandboxAuthority } from "../../sandbox/live/engine/authority";
import { providerEnvironment } from "../../sandbox/live/engine/environment";
import { RealProviders } from "../../sandbox/live/providers";
import { type RunningProxy, startProxy } from "../../sandbox/live/proxy";
import { sandboxPaths } from "../../sandbox/run/paths";
import { openTerraform, type SandboxTerraform } from "../../sandbox/run/terraform";
import { requireTools } from "../../sandbox/tools/find";
import { PLACEMENT, rendered, SETTINGS } from "../constructs/apps/support/openpanel";
import { at, becomes } from "./support/controllers/objects";
import { Playground } from "./support/controllers/playground";

jest.setTimeout(300_000);

/** OpenPanel's releases as synth writes them, by the real Helm on a real API server with the real Job controller. */
const playground = new Playground();
const folder = mkdtempSync(path.join(tmpdir(), "strata-live-openpanel-"));
const stack = path.join(folder, "stacks", "test");
const paths = sandboxPaths(folder);
const { namespace } = PLACEMENT;
const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
let proxy: RunningProxy;
let providers: RealProviders;
let terraform: SandboxTerraform;

beforeAll(async () => {
  mkdirSync(stack, { recursive: true });
  await playground.start();
  await playground.namespace(namespace);
  // Pods wait for the secrets that they name, and nobody delivers any here.
  for (const { name, template = {} } of OPENPANEL.deliveries(PLACEMENT, SETTINGS)) {
    const stringData = Object.fromEntries(Object.keys(template).map((key) => [key, "made up"]));
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData };
    await playground.objects.make(`/api/v1/namespaces/${namespace}/secrets`, secret);
  }
  const { authority } = await sandboxAuthority(path.join(folder, "pki"));
  // Everything is on this machine: the proxy has no host to lead to.
  proxy = await startProxy({ authority, hosts: {}, folder: path.join(folder, "proxy") });
  const tools = requireTools(["terraform-provider-helm"]);
  providers = new RealProviders({ servers: playground.servers, tools, logs: paths.logs, cwd: stack });
  await providers.start("helm", providerEnvironment({ paths, proxy: proxy.url, caFile: proxy.caFile }));
  terraform = openTerraform({ providers: { reattach: JSON.stringify(providers.reattach()) }, folder });
});

afterAll(async () => {
  await providers?.stop();
  await playground.stop();
  await proxy?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Deploys OpenPanel with these settings; answers what Terraform said when it failed. */
async function deploy(settings: Partial<OpenPanelSettings> = {}): Promise<string | undefined> {
  // All of it but what is different without a stack: where the chart is, which provider, what comes before.
  const others = ["chart", "version", "provider", "depends_on", "lifecycle", "repository"];
  const release = (name: string, dependsOn: readonly string[]) => ({
    ...Object.fromEntries(Object.entries(rendered(settings).release(name)).filter(([key]) => !others.includes(key))),
    chart: path.resolve("charts/manifests"),
    depends_on: dependsOn,
  });
  const { certificateAuthority, clientCertificate, clientKey, server } = playground.cluster.connection;
  const kubernetes = {
    host: server,
    cluster_ca_certificate: certificateAuthority,
    client_certificate: clientCertificate,
    client_key: clientKey,
  };
  const configuration = {
    terraform: { required_providers: { helm: { source: "hashicorp/helm" } } },
    provider: { helm: { kubernetes } },
    resource: {
      helm_release: {
        migration: release("openpanel-migration", []),
        workloads: release("openpanel", ["helm_release.migration"]),
      },
    },
  };
  writeFileSync(path.join(stack, "main.tf.json"), JSON.stringify(configuration, null, 2));
  await terraform.init(stack);
  const { code, output } = await terraform.apply(stack);
  return code === 0 ? undefined : output.slice(output.lastIndexOf("Error:"));
}

const objects = () => playground.objects;
const migrations = () => objects().names(jobs);
const uidOf = async (job: string | undefined) => objects().value(`${jobs}/${job}`, "metadata.uid");
const imageOf = async (name: string) => {
  const containers = await objects().value(`${deployments}/${name}`, "spec.template.spec.containers");
  return at(Array.isArray(containers) ? containers[0] : undefined, "image");
};

describe("a migration that fails on the very first deployment", () => {
  test("ends the deployment, and no workload comes", async () => {
    playground.faults.fail({ namespace, name: "op-migrate-*" });
    expect(await deploy()).toMatch(/op-migrate-2-3-0-[0-9a-f]{8}/);
    expect(await migrations()).toHaveLength(1);
    expect(await objects().names(deployments)).toEqual([]);
  });

  test("is not tried again by another deployment, which fails at once", async () => {
    const [job] = await migrations();
    const before = await uidOf(job);
    playground.faults.clear();
    expect(await deploy()).toContain("cannot re-use a name that is still in use");
    expect(await migrations()).toEqual([job]);
    expect(await uidOf(job)).toBe(before);
    expect(await objects().names(deployments)).toEqual([]);
  });

  test("is run anew once somebody has deleted its Job and Helm's record, and then the workloads come", async () => {
    const [job] = await migrations();
    await objects().remove(`${jobs}/${job}`);
    await objects().remove(`/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.openpanel-migration.v1`);
    await becomes(() => migrations(), []);
    expect(await deploy()).toBeUndefined();
    expect(await migrations()).toEqual([job]);
    expect(await objects().value(`${jobs}/${job}`, "status.succeeded")).toBe(1);
    expect(await objects().names(deployments)).toEqual(["op-api", "op-dashboard", "op-worker"]);
    const scaled = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
    expect(await objects().names(scaled)).toEqual(["op-api", "op-worker"]);
  });

  test("and the autoscaler brings the API up to its least, which no Deployment states", async () => {
    // It looks every 15 seconds.
    await becomes(() => objects().value(`${deployments}/op-api`, "status.readyReplicas"), 2, 60_000);
    expect(await objects().value(`${deployments}/op-worker`, "status.readyReplicas")).toBe(1);
  });
});

describe("a migration of a newer version that fails", () => {
  test("leaves the old version serving, and the Job of the old version where it is", async () => {
    const [old] = await migrations();
    playground.faults.fail({ namespace, name: "op-migrate-2-4-0-*" });
    expect(await deploy({ version: "2.4.0" })).toMatch(/op-migrate-2-4-0-[0-9a-f]{8}/);
    expect(await imageOf("op-api")).toBe("lindesvard/openpanel-api:2.3.0");
    expect(await objects().value(`${deployments}/op-api`, "status.readyReplicas")).toBe(2);
    expect(await migrations()).toEqual([old, expect.stringMatching(/^op-migrate-2-4-0-/)]);
  });

  test("is not tried again, and going back to the old version runs nothing again", async () => {
    const [old, failed] = await migrations();
    const before = [await uidOf(old), await uidOf(failed)];
    playground.faults.clear();
    expect(await deploy({ version: "2.4.0" })).toMatch(/op-migrate-2-4-0-/);
    // The provider trips over its own record of the failure once, having done what it was asked.
    expect(await deploy()).toMatch(/^Error: Provider produced inconsistent result after apply/);
    expect(await deploy()).toBeUndefined();
    expect([await uidOf(old), await uidOf(failed)]).toEqual(before);
    expect(await imageOf("op-api")).toBe("lindesvard/openpanel-api:2.3.0");
  });
});

test("a deployment leaves alone what an autoscaler decided", async () => {
  await objects().change(`${deployments}/op-api/scale`, { spec: { replicas: 3 } });
  expect(await deploy({ environment: { LOG_LEVEL: "debug" } })).toBeUndefined();
  expect(await objects().value(`${deployments}/op-api`, "spec.replicas")).toBe(3);
});
