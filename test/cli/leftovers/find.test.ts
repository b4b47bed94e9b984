import { ApiUnreachable } from "../../../cli/kubernetes/api-server";
import { findLeftovers } from "../../../cli/leftovers/find";
import { countOf } from "../../../cli/leftovers/model";
import { IMPATIENT } from "../support/session";
import {
  DEFINITIONS,
  definition,
  FakeCluster,
  NAMESPACES,
  object,
  SERVICES,
  SINCE,
  VOLUMES,
  volume,
} from "./fake-cluster";

const HOW = { host: "cluster.example", retry: IMPATIENT };
const find = (cluster: FakeCluster) => findLeftovers(cluster.transport, HOW);

const balancer = (name: string, ingress: readonly object[], metadata: object = {}) => ({
  metadata: { namespace: "traefik", name, ...metadata },
  spec: { type: "LoadBalancer" },
  status: { loadBalancer: { ingress } },
});

test("nothing is left in a cluster without any of it", async () => {
  const cluster = new FakeCluster({
    [SERVICES]: [{ metadata: { namespace: "a", name: "internal" }, spec: { type: "ClusterIP" } }],
    [NAMESPACES]: [object("traefik"), { ...object("data-prod"), status: { phase: "Active" } }],
    [DEFINITIONS]: [definition("widgets", "Widget")],
    "/apis/example.org/v1/widgets": [object("kept", { finalizers: ["example.org/wait"] })],
  });
  const left = await find(cluster);
  expect(left).toEqual({ loadBalancers: [], volumes: [], namespaces: [], objects: [] });
  expect(countOf(left)).toBe(0);
  expect(cluster.requests.every((request) => request.startsWith("GET "))).toBe(true);
});

test("a load balancer is found with its addresses, or before it has any", async () => {
  const { loadBalancers } = await find(
    new FakeCluster({
      [SERVICES]: [
        balancer("edge", [{ ip: "203.0.113.7" }, { hostname: "lb.example" }]),
        balancer("machine", [], { deletionTimestamp: SINCE }),
      ],
    }),
  );
  expect(loadBalancers).toEqual([
    { namespace: "traefik", name: "edge", addresses: ["203.0.113.7", "lb.example"], deleting: false },
    { namespace: "traefik", name: "machine", addresses: [], deleting: true },
  ]);
});

test("a volume is found with its claim, class, policy, size and the name by which the cloud knows it", async () => {
  const { volumes } = await find(new FakeCluster({ [VOLUMES]: [volume("pvc-1")] }));
  expect(volumes).toEqual([
    {
      name: "pvc-1",
      phase: "Released",
      claim: "data-prod/main-1",
      storageClass: "vultr-block-storage-retain",
      reclaimPolicy: "Retain",
      size: "10Gi",
      handle: { driver: "block.csi.vultr.com", id: "id-of-pvc-1" },
    },
  ]);
});

test("a volume that says little about itself is a volume too", async () => {
  const { volumes } = await find(new FakeCluster({ [VOLUMES]: [{ metadata: { name: "bare" }, spec: {} }] }));
  expect(volumes).toEqual([{ name: "bare", phase: "Pending", storageClass: "", reclaimPolicy: "Retain", size: "" }]);
});

test("a namespace that does not go is found with the reasons that Kubernetes gives", async () => {
  const conditions = [
    { type: "NamespaceDeletionDiscoveryFailure", status: "False", message: "All resources successfully discovered" },
    { type: "NamespaceContentRemaining", status: "True", message: "widgets.example.org has 1 resource instances" },
    { type: "NamespaceFinalizersRemaining", status: "True", message: "example.org/wait in 1 resource instances" },
    { type: "Other", status: "True", message: "something else" },
  ];
  const { namespaces } = await find(
    new FakeCluster({
      [NAMESPACES]: [
        { ...object("data-prod", { deletionTimestamp: SINCE }), status: { phase: "Terminating", conditions } },
        object("just-told", { deletionTimestamp: SINCE }),
      ],
    }),
  );
  expect(namespaces).toEqual([
    {
      name: "data-prod",
      since: SINCE,
      reasons: ["widgets.example.org has 1 resource instances", "example.org/wait in 1 resource instances"],
    },
    { name: "just-told", since: SINCE, reasons: [] },
  ]);
});

test("a custom resource that waits for a controller is found, in a version that is served, in every page", async () => {
  const versions = [
    { name: "v1alpha1", served: false },
    { name: "v1", served: true },
  ];
  const cluster = new FakeCluster(
    {
      [DEFINITIONS]: [
        definition("widgets", "Widget", versions),
        definition("gone", "Gone"),
        definition("unserved", "Unserved", [{ name: "v1", served: false }]),
      ],
      "/apis/example.org/v1/widgets": [
        object("kept", { namespace: "data-prod", finalizers: ["example.org/wait"] }),
        object("going", { namespace: "data-prod", deletionTimestamp: SINCE, finalizers: [] }),
        object("stuck", { namespace: "data-prod", deletionTimestamp: SINCE, finalizers: ["example.org/wait"] }),
        object("of-the-cluster", { deletionTimestamp: SINCE, finalizers: ["a", "b"] }),
      ],
    },
    2,
  );
  const { objects } = await find(cluster);
  const stuck = { kind: "Widget", group: "example.org", since: SINCE };
  expect(objects).toEqual([
    { ...stuck, namespace: "data-prod", name: "stuck", finalizers: ["example.org/wait"] },
    { ...stuck, name: "of-the-cluster", finalizers: ["a", "b"] },
  ]);
});

describe("an API server that", () => {
  test("is busy for a moment is asked again", async () => {
    const cluster = new FakeCluster({ [VOLUMES]: [volume("pvc-1")] });
    let count = 0;
    cluster.intercept = ({ path }) => {
      if (!path.startsWith(VOLUMES) || ++count > 3) return undefined;
      if (count === 2) throw new ApiUnreachable("cluster.example", "reset");
      return { status: 503, body: {} };
    };
    expect((await find(cluster)).volumes).toHaveLength(1);
    expect(count).toBe(4);
  });

  test.each<[string, number, unknown, RegExp]>([
    ["stays busy", 503, {}, /status 503. Try again in a moment/],
    ["refuses the certificate", 401, { message: "Unauthorized" }, /Unauthorized. The client certificate is not valid/],
    ["is none", 200, undefined, /not the answer of an API server/],
    ["answers something else", 200, { items: [{ kind: "Page" }] }, /not the answer of an API server/],
  ])("%s is told", async (_, status, body, message) => {
    const cluster = new FakeCluster();
    cluster.intercept = () => ({ status, body });
    await expect(find(cluster)).rejects.toThrow(message);
  });
});
