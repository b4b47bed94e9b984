import { AuthorizationV1Api, RbacAuthorizationV1Api, type V1ClusterRole } from "@kubernetes/client-node";
import { HEADLAMP_NAMESPACE } from "../../constructs/components/headlamp";
import { viewer } from "../../constructs/components/headlamp/role";
import type { EmbeddedClusters } from "../../sandbox/clusters/embedded";
import { Servers } from "../../sandbox/live/servers";
import { clientsOf, clusterSpec, openClusters, removeFolders, temporaryFolder } from "./cluster-support";

jest.setTimeout(120_000);

const ACCOUNT = `system:serviceaccount:${HEADLAMP_NAMESPACE}:headlamp`;
/** Groups of every service account of its namespace. */
const GROUPS = ["system:serviceaccounts", `system:serviceaccounts:${HEADLAMP_NAMESPACE}`, "system:authenticated"];
const CLUSTER = clusterSpec("headlamp");

/** What is asked of the API server: a verb, a kind, and what stands below it. */
type Question = readonly [verb: string, group: string, resource: string, subresource?: string];

describe("Headlamp's account on a real API server", () => {
  const servers = new Servers();
  const clusters: EmbeddedClusters = openClusters({ folder: temporaryFolder(), servers });
  let authorization: AuthorizationV1Api;

  beforeAll(async () => {
    await clusters.create(CLUSTER);
    const { config } = clientsOf(clusters, CLUSTER.id);
    authorization = config.makeApiClient(AuthorizationV1Api);
    const rbac = config.makeApiClient(RbacAuthorizationV1Api);
    for (const object of viewer()) {
      const body = JSON.parse(JSON.stringify(object)) as V1ClusterRole & { roleRef: never };
      if (object.kind === "ClusterRole") await rbac.createClusterRole({ body });
      else await rbac.createClusterRoleBinding({ body });
    }
  });

  afterAll(async () => {
    await clusters.stop();
    await servers.stop();
    removeFolders();
  });

  const may = async ([verb, group, resource, subresource]: Question) => {
    const resourceAttributes = { verb, group, resource, subresource, namespace: "kube-system" };
    const spec = { user: ACCOUNT, groups: GROUPS, resourceAttributes };
    const { status } = await authorization.createSubjectAccessReview({ body: { spec } });
    return status?.allowed;
  };

  const LOOKS: Question[] = [
    ["list", "", "nodes"],
    ["list", "", "pods"],
    ["watch", "apps", "deployments"],
    ["get", "", "configmaps"],
    ["list", "apiextensions.k8s.io", "customresourcedefinitions"],
    ["list", "postgresql.cnpg.io", "clusters"],
    ["list", "metrics.k8s.io", "pods"],
    // Everybody may ask what he may do; its pages do.
    ["create", "authorization.k8s.io", "selfsubjectaccessreviews"],
  ];

  test.each(LOOKS.map((question) => ({ question })))("may $question", async ({ question }) => {
    expect(await may(question)).toBe(true);
  });

  const REFUSED: Question[] = [
    ["get", "", "secrets"],
    ["list", "", "secrets"],
    ["get", "", "pods", "log"],
    ["create", "", "pods", "exec"],
    ["get", "", "pods", "exec"],
    ["create", "", "pods", "attach"],
    ["create", "", "pods", "portforward"],
    ["get", "", "services", "proxy"],
    ["get", "", "nodes", "proxy"],
    ["create", "", "serviceaccounts", "token"],
    ["create", "", "pods"],
    ["patch", "apps", "deployments"],
    ["update", "apps", "deployments", "scale"],
    ["delete", "", "pods"],
    ["patch", "", "nodes"],
    ["impersonate", "", "users"],
    ["list", "rbac.authorization.k8s.io", "clusterroles"],
    ["escalate", "rbac.authorization.k8s.io", "clusterroles"],
    ["list", "generators.external-secrets.io", "passwords"],
  ];

  test.each(REFUSED.map((question) => ({ question })))("may not $question", async ({ question }) => {
    expect(await may(question)).toBe(false);
  });
});
