import { execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { apiTransport } from "../../cli/kubernetes/api-server";
import { clusterApi } from "../../cli/kubernetes/cluster-api";
import { DEFAULT_RETRY } from "../../cli/retry";
import { EmbeddedClusters } from "../../sandbox/clusters/embedded";
import { Servers } from "../../sandbox/live/servers";
import { requireTools } from "../../sandbox/tools/find";
import { FakeClouds } from "../cli/recover/support/fake-clouds";
import { lose, platform, recover } from "../cli/recover/support/platform";
import { removeFolders, temporaryFolder } from "../sandbox/support";
import { clusterSpec, eventually, tools } from "./cluster-support";

jest.setTimeout(180_000);

const NAMESPACE = "/api/v1/namespaces/web";
const L1 = ["l1-edge-acme", "l1-network-main", "l1-cluster-main"] as const;
const helm = requireTools(["helm"]).get("helm") ?? "";
const servers = new Servers();
const folder = temporaryFolder();
const chart = path.join(folder, "chart");
let clusters: EmbeddedClusters;
let clouds: FakeClouds;
let environment: NodeJS.ProcessEnv;
let outputs: Readonly<Record<string, string>>;
let api: ReturnType<typeof clusterApi>;

beforeAll(async () => {
  clouds = await FakeClouds.start();
  clusters = new EmbeddedClusters({ folder: path.join(folder, "clusters"), servers, tools });
  const spec = clusterSpec("recover");
  const {
    server: host,
    certificateAuthority: ca,
    clientCertificate: certificate,
    clientKey: key,
  } = await clusters.create(spec);
  api = clusterApi(host, apiTransport({ host, ca, certificate, key }), DEFAULT_RETRY);
  outputs = { host, cluster_ca_certificate: ca, client_certificate: certificate, client_key: key, cluster_id: spec.id };
  const kubeconfig = clusters.running()[0]?.kubeconfig ?? "";
  environment = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig };
  await api.send({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: "web" } } }, [201]);
  mkdirSync(path.join(chart, "templates"), { recursive: true });
  writeFileSync(path.join(chart, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
  writeFileSync(path.join(chart, "templates", "all.yaml"), TEMPLATES);
});

afterAll(async () => {
  await clouds?.stop();
  await clusters?.stop();
  await servers.stop();
  removeFolders();
});

/** No node is there, so a release that waits for its pod waits for ever. */
const TEMPLATES = `apiVersion: v1
kind: ConfigMap
metadata: {name: data}
data: {greeting: {{ .Values.greeting | default "none" }}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: example.invalid/web:1}]}
`;

const run = (...args: string[]) => promisify(execFile)(helm, [...args, "--namespace", "web"], { env: environment });
const upgrade = (...args: string[]) => run("upgrade", "--install", "web", chart, ...args);

/** Starts Helm and kills it as soon as the newest record has a status. */
async function killedAt(status: string, ...args: string[]): Promise<void> {
  const child = spawn(helm, [...args, "--wait", "--namespace", "web"], { env: environment, stdio: "ignore" });
  const ended = new Promise((resolve) => child.on("close", resolve));
  await eventually(status, async () => (await records()).some((each) => each.endsWith(status)) || undefined);
  await eventually("what it makes", async () => (await uidOf("deployments")) ?? undefined);
  child.kill("SIGKILL");
  await ended;
}

/** Killed while it waits for an object that somebody else holds; that one lets go afterwards. */
async function killedUninstallation(): Promise<void> {
  const path = "/apis/apps/v1/namespaces/web/deployments/web";
  const hold = (finalizers: readonly string[]) =>
    api.send({ method: "PATCH", path, body: { metadata: { finalizers } } }, [200]);
  await hold(["example.invalid/kept"]);
  await killedAt("uninstalling", "uninstall", "web");
  await hold([]);
}

/** Revisions with their status, as Helm's labels have them. */
async function records(): Promise<readonly string[]> {
  const { stdout } = await run("history", "web", "--output", "json").catch(() => ({ stdout: "[]" }));
  const history = JSON.parse(stdout) as { revision: number; status: string }[];
  return history.map(({ revision, status }) => `${revision} ${status}`);
}

/** Uid of the release's object of a kind, which tells whether it was made anew. */
async function uidOf(plural: "configmaps" | "deployments"): Promise<string | undefined> {
  const [root, name] = plural === "configmaps" ? ["/api/v1", "data"] : ["/apis/apps/v1", "web"];
  const { body } = await api.send({ method: "GET", path: `${root}/namespaces/web/${plural}/${name}` }, [200, 404]);
  return (body as { metadata: { uid?: string } }).metadata.uid;
}

/** `strata recover` for a release that Terraform knows or does not. */
async function recoverRelease(known: boolean, ...args: string[]) {
  const program = platform({ outputs }, ...L1);
  lose(program, "l2-base-main", known ? ["vultr_vpc.none"] : ["helm_release.web"]);
  return recover(program, clouds, args);
}

describe("recover, with the real Helm and a real API server", () => {
  test("a namespace and a policy that no state knows are found", async () => {
    const program = platform({ outputs }, ...L1);
    const policies = "/apis/networking.k8s.io/v1/namespaces/web/networkpolicies";
    const body = { metadata: { name: "default" }, spec: { podSelector: {} } };
    await api.send({ method: "POST", path: policies, body }, [201]);
    await recover(program, clouds);
    expect(program.imported).toEqual({
      "l2-base-main": [
        { to: "kubernetes_namespace_v1.web", id: "web" },
        { to: "kubernetes_network_policy_v1.web", id: "web/default" },
      ],
    });
  });

  test("an installation that was killed locks its release, until its record is cleared; its objects are taken over", async () => {
    await killedAt("pending-install", "install", "web", chart);
    await expect(upgrade()).rejects.toThrow("another operation (install/upgrade/rollback) is in progress");
    const made = await uidOf("configmaps");
    const early = await recoverRelease(false);
    expect(early.err).toContain("release web/web: is pending-install");
    expect(await records()).toEqual(["1 pending-install"]);
    expect(await recoverRelease(false, "--force")).toMatchObject({ code: 0 });
    expect(await records()).toEqual([]);
    await upgrade();
    expect(await records()).toEqual(["1 deployed"]);
    expect(await uidOf("configmaps")).toBe(made);
  });

  test("an upgrade that was killed leaves the revision before it deployed, and the next upgrade goes on from there", async () => {
    await killedAt("pending-upgrade", "upgrade", "web", chart, "--set", "greeting=killed");
    await expect(upgrade()).rejects.toThrow("is in progress");
    expect(await recoverRelease(true, "--force")).toMatchObject({ code: 0 });
    expect(await records()).toEqual(["1 deployed"]);
    const made = await uidOf("configmaps");
    await upgrade("--set", "greeting=hello");
    expect(await records()).toEqual(["1 superseded", "2 deployed"]);
    expect(await uidOf("configmaps")).toBe(made);
  });

  test("an uninstallation that was killed goes on when the release is destroyed again", async () => {
    await killedUninstallation();
    await expect(upgrade()).rejects.toThrow("has no deployed releases");
    const { code, err } = await recoverRelease(true);
    expect(code).toBe(1);
    expect(err).toContain("release web/web: is uninstalling");
    await run("uninstall", "web");
    expect(await records()).toEqual([]);
  });

  test("one that no state knows is in the way of nothing but its own record", async () => {
    await upgrade();
    await killedUninstallation();
    expect(await recoverRelease(false, "--force")).toMatchObject({ code: 0 });
    await upgrade();
    expect(await records()).toEqual(["1 deployed"]);
  });

  test("nothing of a record but its labels is asked for", async () => {
    const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
    const { body } = await api.send({ method: "GET", path: `${NAMESPACE}/secrets`, accept }, [200]);
    expect(JSON.stringify(body)).not.toContain('"data"');
  });
});
