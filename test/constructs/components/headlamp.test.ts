import { checkOverlaps } from "../../../constructs/access/route-table/overlaps";
import { signOnFindings } from "../../../constructs/access/sign-on";
import { Headlamp, type HeadlampProps, headlampHost } from "../../../constructs/components/headlamp";
import { READABLE } from "../../../constructs/components/headlamp/role";
import { compose } from "../../../constructs/core/component";
import { isJsonObject, type JsonObject } from "../../../constructs/core/json";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered } from "./helper";

const HOST = "headlamp-platform.acme.example";

const headlamp =
  (props: Partial<HeadlampProps> = {}): Build =>
  (stack, base) => {
    new Headlamp(stack, "headlamp", { ...base, host: HOST, gate: "main", ...props });
  };

const values = (replicas: 1 | 3 = 1) => Rendered.of(headlamp(), { replicas }).values("headlamp");

everyComponentKeepsTheRules(headlamp(), {
  release: "headlamp",
  namespace: "headlamp",
  chart: "headlamp",
  version: "0.45.0",
});

/** Rules of its role, as they are applied. */
function rules(): JsonObject[] {
  const [role] = Rendered.of(headlamp()).manifests("headlamp-role", "ClusterRole");
  const found = at(role, "rules");
  return (Array.isArray(found) ? found : []).filter(isJsonObject);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function exposure(props: Partial<HeadlampProps> = {}): Headlamp["exposure"] {
  const found: Headlamp["exposure"][] = [];
  Rendered.of((stack, base) => {
    found.push(new Headlamp(stack, "headlamp", { ...base, host: HOST, gate: "main", ...props }).exposure);
  });
  const [only] = found;
  if (only === undefined) throw new Error("nothing was exposed");
  return only;
}

test("its host is below the domain of the platform's own services, one for each cluster", () => {
  expect(headlampHost("platform", "acme.example")).toBe(HOST);
  expect(headlampHost("prod.eu", "acme.example")).toBe("headlamp-prod-eu.acme.example");
});

test("it may look and change nothing", () => {
  expect(new Set(rules().flatMap(({ verbs }) => texts(verbs)))).toEqual(new Set(["get", "list", "watch"]));
});

test("it may read no Secret, no log, no right, and nothing that nobody named", () => {
  const named = rules().flatMap(({ apiGroups, resources }) =>
    texts(apiGroups).flatMap((group) => texts(resources).map((resource) => `${group}/${resource}`)),
  );
  expect(named).toEqual(expect.arrayContaining(["/nodes", "/pods", "apps/deployments", "postgresql.cnpg.io/clusters"]));
  expect(named.filter((name) => /secrets$/.test(name))).toEqual(["external-secrets.io/externalsecrets"]);
  expect(named.filter((name) => name.includes("*"))).toEqual([]);
  expect(named.filter((name) => name.startsWith("rbac."))).toEqual([]);
  // Logs, exec, attach, port-forward and proxies stand below another kind.
  expect(
    Object.values(READABLE)
      .flat()
      .filter((resource) => resource.includes("/")),
  ).toEqual([]);
});

test("its account has that role and no other: the chart would bind it to cluster-admin", () => {
  const rendered = Rendered.of(headlamp());
  expect(rendered.manifests("headlamp-role", "ClusterRoleBinding")).toMatchObject([
    {
      roleRef: { kind: "ClusterRole", name: "headlamp-viewer" },
      subjects: [{ kind: "ServiceAccount", name: "headlamp", namespace: "headlamp" }],
    },
  ]);
  expect(values()).toMatchObject({ clusterRoleBinding: { create: false }, serviceAccount: { name: "headlamp" } });
  expect(JSON.stringify(rendered.resources("helm_release"))).not.toContain("cluster-admin");
});

test("everybody acts as its own account, so nobody pastes a token that may do more", () => {
  expect(at(values(), "config.unsafeUseServiceAccountToken")).toBe(true);
  expect(at(values(), "config.inCluster")).toBe(true);
});

test("that is safe because only Traefik reaches it, and it reaches only the API server", () => {
  const spec = at(Rendered.of(headlamp()).policy("headlamp"), "spec");
  expect(at(spec, "ingress")).toEqual([
    {
      from: [{ namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "traefik" } } }],
      ports: [{ port: "4466", protocol: "TCP" }],
    },
  ]);
  const ports = JSON.stringify(at(spec, "egress")).match(/"port":"\d+"/g);
  expect(ports).toEqual(['"port":"53"', '"port":"53"', '"port":"443"', '"port":"6443"']);
});

test("no plugin is loaded, be it of the image or from outside, and no release of Helm is touched", () => {
  expect(values()).toMatchObject({
    pluginsManager: { enabled: false },
    config: { staticPlugins: { enabled: false }, watchPlugins: false, enableHelm: false },
  });
});

test("it runs as nobody who could become root, and writes to one scratch folder", () => {
  expect(values()).toMatchObject({
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    securityContext: { ...RESTRICTED_CONTAINER, runAsUser: 100 },
    volumes: [{ name: "headlamp-tmp", emptyDir: { sizeLimit: "512Mi" } }],
  });
});

test("three replicas stand apart and have a disruption budget", () => {
  expect(values(3)).toMatchObject({ replicaCount: 3, podDisruptionBudget: { enabled: true, minAvailable: 1 } });
  expect(at(values(3), "topologySpreadConstraints.0.topologyKey")).toBe("kubernetes.io/hostname");
});

test("its routes are a release of their own", () => {
  expect(exposure().name).not.toBe(Rendered.of(headlamp()).release("headlamp").name);
});

test("every row is denied or behind its gate, and no two of them contradict each other", () => {
  const { routes, signOn } = exposure({ gate: "operators" });
  expect(new Set(routes.map((route) => route.class))).toEqual(new Set(["denied", "gated"]));
  expect(signOn).toEqual({ kind: "gated", gate: "operators" });
  expect(signOnFindings(signOn, routes)).toEqual([]);
  expect(checkOverlaps(routes)).toEqual([]);
});

test("nothing that changes something passes, and connections into the cluster are denied whatever the role says", () => {
  const { routes } = exposure();
  expect(routes.find((route) => route.class === "gated")?.methods).toEqual(["GET", "HEAD", "POST"]);
  expect(routes.filter((route) => route.class === "denied").map(({ path }) => path)).toEqual([
    "/clusters/main/portforward",
    "/clusters/main/serviceproxy",
    "/externalproxy",
    "/drain-node",
    "/clusters/main/set-token",
    "/auth/set-token",
  ]);
  // The denied paths name the cluster as Headlamp names it.
  expect(at(values(), "config.inClusterContextName")).toBe("main");
});

test("without a gate it is refused, naming what it lacks", () => {
  const step = { name: Headlamp.NAME, provides: Headlamp.PROVIDES, requires: Headlamp.REQUIRES, create: () => never() };
  expect(compose([step], ["ingress", "issuers"]).findings[0]?.problem).toBe(
    "component headlamp requires gate, which no component of this cluster provides",
  );
});

function never(): never {
  throw new Error("created without its requirements");
}
