import path from "node:path";
import { type ApiTransport, apiTransport } from "../../cli/kubernetes/api-server";
import { findLeftovers } from "../../cli/leftovers/find";
import { countOf } from "../../cli/leftovers/model";
import { releaseVolumes } from "../../cli/leftovers/release";
import { EmbeddedClusters } from "../../sandbox/clusters/embedded";
import { PROGRAM_NAMES } from "../../sandbox/clusters/embedded/programs";
import { Servers } from "../../sandbox/live/servers";
import { requireTools } from "../../sandbox/tools/find";
import { removeFolders, temporaryFolder } from "../sandbox/support";

jest.setTimeout(120_000);

const ID = "7f3d2a10-0000-4000-8000-000000000001";
const servers = new Servers();
let clusters: EmbeddedClusters;
let transport: ApiTransport;

beforeAll(async () => {
  const tools = requireTools(PROGRAM_NAMES);
  clusters = new EmbeddedClusters({ folder: path.join(temporaryFolder(), "clusters"), servers, tools });
  const spec = { id: ID, label: "leftovers", region: "ams", version: "v1.34.0+1", digest: "a1b2c3d4" };
  const connection = await clusters.create(spec);
  transport = apiTransport({
    host: connection.server,
    ca: connection.certificateAuthority,
    certificate: connection.clientCertificate,
    key: connection.clientKey,
  });
});

afterAll(async () => {
  await clusters?.stop();
  await servers.stop();
  removeFolders();
});

async function send(method: "POST" | "PATCH" | "DELETE", at: string, body?: object): Promise<void> {
  const answer = await transport({ method, path: at, body });
  if (answer.status >= 300) throw new Error(`${method} ${at}: ${JSON.stringify(answer.body)}`);
}

async function eventually<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not happen`);
}

const volume = (name: string, claim: object) => ({
  metadata: { name },
  spec: {
    capacity: { storage: "10Gi" },
    accessModes: ["ReadWriteOnce"],
    storageClassName: "vultr-block-storage-retain",
    persistentVolumeReclaimPolicy: "Retain",
    claimRef: { namespace: "default", ...claim },
    csi: { driver: "block.csi.vultr.com", volumeHandle: `id-of-${name}` },
  },
});

/** The volume as the cluster sees it once it has this phase. */
const volumeIn = (name: string, phase: string) =>
  eventually(`${name} ${phase}`, async () => {
    const { volumes } = await findLeftovers(transport);
    return volumes.find((each) => each.name === name && each.phase === phase);
  });

test("a new cluster has nothing that would be left", async () => {
  expect(countOf(await findLeftovers(transport))).toBe(0);
});

test("a load balancer is found with the address that its cloud gave it", async () => {
  const services = "/api/v1/namespaces/default/services";
  const ports = [{ port: 443 }];
  await send("POST", services, { metadata: { name: "edge" }, spec: { type: "LoadBalancer", ports } });
  await send("POST", services, { metadata: { name: "internal" }, spec: { ports } });
  const status = { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } };
  await send("PATCH", `${services}/edge/status`, { status });
  expect((await findLeftovers(transport)).loadBalancers).toEqual([
    { namespace: "default", name: "edge", addresses: ["203.0.113.7"], deleting: false },
  ]);
});

test("a volume whose claim is gone is released on request; one that is bound is refused and keeps its policy", async () => {
  await send("POST", "/api/v1/persistentvolumes", volume("kept", { name: "gone", uid: ID }));
  await send("POST", "/api/v1/persistentvolumes", volume("used", { name: "main" }));
  await send("POST", "/api/v1/namespaces/default/persistentvolumeclaims", {
    metadata: { name: "main" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "vultr-block-storage-retain",
      volumeName: "used",
      resources: { requests: { storage: "10Gi" } },
    },
  });
  const kept = await volumeIn("kept", "Released");
  const used = await volumeIn("used", "Bound");
  expect(kept).toMatchObject({
    claim: "default/gone",
    reclaimPolicy: "Retain",
    size: "10Gi",
    handle: { id: "id-of-kept" },
  });
  await expect(releaseVolumes(transport, [kept, used])).rejects.toThrow("in use by the claim default/main");
  expect((await volumeIn("kept", "Released")).reclaimPolicy).toBe("Retain");
  expect(await releaseVolumes(transport, [kept])).toEqual([{ name: "kept", result: "released" }]);
  const now = (await findLeftovers(transport)).volumes;
  expect(now.find(({ name }) => name === "kept")?.reclaimPolicy ?? "Delete").toBe("Delete");
  expect(now.find(({ name }) => name === "used")?.reclaimPolicy).toBe("Retain");
});

test("a namespace and a custom resource that wait for a controller are found with what they wait for", async () => {
  const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  await send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.org" },
    spec: {
      group: "example.org",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  });
  await send("POST", "/api/v1/namespaces", { metadata: { name: "stuck" } });
  const widgets = "/apis/example.org/v1/namespaces/stuck/widgets";
  const widget = { apiVersion: "example.org/v1", kind: "Widget" };
  await eventually("the kind", async () => {
    const body = { ...widget, metadata: { name: "one", finalizers: ["example.org/wait"] } };
    return (await transport({ method: "POST", path: widgets, body })).status === 201 || undefined;
  });
  await send("DELETE", "/api/v1/namespaces/stuck");
  const left = await eventually("the reasons", async () => {
    const found = await findLeftovers(transport);
    return found.namespaces.some(({ reasons }) => reasons.length > 1) ? found : undefined;
  });
  expect(left.namespaces).toMatchObject([
    { name: "stuck", reasons: expect.arrayContaining([expect.stringContaining("example.org/wait")]) },
  ]);
  expect(left.objects).toMatchObject([
    { kind: "Widget", group: "example.org", namespace: "stuck", name: "one", finalizers: ["example.org/wait"] },
  ]);
  await send("PATCH", `${widgets}/one`, { metadata: { finalizers: [] } });
  await eventually("its end", async () => {
    const { namespaces, objects } = await findLeftovers(transport);
    return namespaces.length + objects.length === 0 || undefined;
  });
});
