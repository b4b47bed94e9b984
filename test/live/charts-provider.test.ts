import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CoreV1Api, CustomObjectsApi } from "@kubernetes/client-node";
import type { ChartPin } from "../../constructs/kubernetes/chart-pin";
import type { ClusterConnection } from "../../sandbox/clusters/driver";
import { EmbeddedClusters } from "../../sandbox/clusters/embedded";
import { PROGRAM_NAMES } from "../../sandbox/clusters/embedded/programs";
import { serveCharts } from "../../sandbox/live/charts";
import { sandboxAuthority } from "../../sandbox/live/engine/authority";
import { providerEnvironment } from "../../sandbox/live/engine/environment";
import { RealProviders } from "../../sandbox/live/providers";
import { type RunningProxy, startProxy } from "../../sandbox/live/proxy";
import { Servers } from "../../sandbox/live/servers";
import { sandboxPaths } from "../../sandbox/run/paths";
import type { Outcome } from "../../sandbox/run/processes";
import { openTerraform, type SandboxTerraform } from "../../sandbox/run/terraform";
import { requireTools } from "../../sandbox/tools/find";
import { programOf } from "../cli/support/charts";
import { strata } from "../cli/support/session";
import { clusterSpec } from "./cluster-support";
import { clusterClient } from "./support/service-account-tokens";

jest.setTimeout(300_000);

const TOOLS = [...PROGRAM_NAMES, "terraform-provider-helm"];

/** One chart of each kind of source, and one whose version is written with a `v`. */
const PINS = {
  repository: { chart: "valkey", repository: "https://valkey.io/valkey-helm/", version: "0.11.0" },
  registry: { chart: "casdoor-helm-charts", repository: "oci://registry-1.docker.io/casbin", version: "3.158.0" },
  mirror: { chart: "cert-manager", repository: "https://charts.jetstack.io", version: "v1.21.1" },
} satisfies Readonly<Record<string, ChartPin>>;

const folder = mkdtempSync(path.join(tmpdir(), "strata-live-provider-"));
const paths = sandboxPaths(folder);
const servers = new Servers();
const stack = path.join(folder, "stacks", "test");
let clusters: EmbeddedClusters;
let cluster: ClusterConnection;
let proxy: RunningProxy;
let providers: RealProviders;
let terraform: SandboxTerraform;

beforeAll(async () => {
  const tools = requireTools(TOOLS);
  mkdirSync(stack, { recursive: true });
  const { authority } = await sandboxAuthority(path.join(folder, "pki"));
  const { hosts } = await serveCharts({ program: programOf(Object.values(PINS)) });
  proxy = await startProxy({ authority, hosts, folder: path.join(folder, "proxy") });
  clusters = new EmbeddedClusters({ servers, tools, folder: path.join(folder, "clusters") });
  cluster = await clusters.create(clusterSpec("charts"));
  providers = new RealProviders({ servers, tools, logs: paths.logs, cwd: stack });
  await providers.start("helm", providerEnvironment({ paths, proxy: proxy.url, caFile: proxy.caFile }));
  terraform = openTerraform({ providers: { reattach: JSON.stringify(providers.reattach()) }, folder });
  const pulled = ["charts", "pull", "--dir", programOf([PINS.mirror]), "--to", path.join(folder, "charts/mirror")];
  const { code, err } = await strata(pulled, { env: proxy.environment });
  if (code !== 0) throw new Error(err);
  writeFileSync(path.join(stack, "main.tf.json"), JSON.stringify(configuration()));
});

afterAll(async () => {
  await providers?.stop();
  await clusters?.stop();
  await servers.stop();
  await proxy?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What Terraform did; its whole output where it failed. */
function succeeded({ code, output }: Outcome): void {
  if (code !== 0) throw new Error(output);
}

/** Releases as synth writes them; nothing waits, because there is no node. */
function configuration(): object {
  const release = (name: string, pin: object) => ({
    name,
    namespace: name,
    create_namespace: true,
    wait: false,
    ...pin,
  });
  const { certificateAuthority, clientCertificate, clientKey, server } = cluster;
  return {
    terraform: { required_providers: { helm: { source: "hashicorp/helm" } } },
    provider: {
      helm: {
        kubernetes: {
          host: server,
          cluster_ca_certificate: certificateAuthority,
          client_certificate: clientCertificate,
          client_key: clientKey,
        },
      },
    },
    resource: {
      helm_release: {
        repository: release("repository", PINS.repository),
        registry: release("registry", PINS.registry),
        mirror: release("mirror", {
          chart: "../../charts/mirror/cert-manager-v1.21.1.tgz",
          version: "v1.21.1",
          values: ["crds:\n  enabled: true\n"],
        }),
      },
    },
  };
}

test("the real Helm provider takes charts from repository, registry and mirror, and plans nothing the second time", async () => {
  succeeded(await terraform.init(stack));
  succeeded(await terraform.apply(stack));
  // It would end with 2 if there were changes.
  succeeded(await terraform.plan(stack));
  const core = clusterClient(cluster).makeApiClient(CoreV1Api);
  const services = await core.listServiceForAllNamespaces();
  expect(services.items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`)).toEqual(
    expect.arrayContaining(["repository/repository-valkey", "registry/registry-casdoor", "mirror/mirror-cert-manager"]),
  );
});

test("the definitions of a stand-in are established and take what its open schema says nothing of", async () => {
  const custom = clusterClient(cluster).makeApiClient(CustomObjectsApi);
  const issuer = { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name: "own" } };
  const body = { ...issuer, spec: { selfSigned: {} }, status: { conditions: [] } };
  await custom.createClusterCustomObject({ group: "cert-manager.io", version: "v1", plural: "clusterissuers", body });
  const made: unknown = await custom.getClusterCustomObject({
    group: "cert-manager.io",
    version: "v1",
    plural: "clusterissuers",
    name: "own",
  });
  // The status is a resource of its own, as with the real definitions: it is not set with the rest.
  expect(made).toMatchObject({ spec: { selfSigned: {} } });
  expect(made).not.toHaveProperty("status");
});

test("nothing else was asked for", () => {
  expect(proxy.requests().filter(({ refused }) => refused)).toEqual([]);
  const hosts = new Set(proxy.requests().map(({ host }) => host));
  expect(hosts).toEqual(new Set(["valkey.io", "registry-1.docker.io", "charts.jetstack.io"]));
});
