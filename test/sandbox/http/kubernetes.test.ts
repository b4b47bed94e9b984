import { gunzipSync } from "node:zlib";
import { kubernetesFace, selects } from "../../../sandbox/providers/http/kubernetes";
import { bodyOf, get, worldOf } from "./world";

const HERE = "127.0.0.1:7001";
const ELSEWHERE = "127.0.0.1:7002";
const release = (name: string) => ({ name, namespace: "traefik", status: "deployed", metadata: { revision: 2 } });
const face = kubernetesFace(
  worldOf(
    [
      "kubernetes_namespace_v1",
      "traefik",
      { metadata: [{ name: "traefik", labels: { tier: "edge" }, uid: "u1" }] },
      HERE,
    ],
    ["kubernetes_namespace_v1", "vault", { metadata: [{ name: "vault" }] }, ELSEWHERE],
    [
      "kubernetes_network_policy_v1",
      "traefik/default",
      { metadata: [{ name: "default", namespace: "traefik" }] },
      HERE,
    ],
    ["helm_release", "traefik/traefik", release("traefik"), HERE],
    ["helm_release", "vault/vault", release("vault"), ELSEWHERE],
  ),
  HERE,
);

function names(path: string): string[] {
  const { items } = bodyOf(face(get(path))) as { items: { metadata: { name: string } }[] };
  return items.map(({ metadata }) => metadata.name);
}

describe("the API server of a simulated cluster", () => {
  test("lists the namespaces of this cluster beside the built-in ones", () => {
    expect(names("/api/v1/namespaces")).toEqual([
      "default",
      "kube-node-lease",
      "kube-public",
      "kube-system",
      "traefik",
    ]);
    expect(names("/api/v1/namespaces?labelSelector=tier%3Dedge")).toEqual(["traefik"]);
  });

  test("reads one object by its name", () => {
    expect(bodyOf(face(get("/api/v1/namespaces/traefik")))).toMatchObject({
      kind: "Namespace",
      apiVersion: "v1",
      metadata: { name: "traefik", uid: "u1", labels: { tier: "edge" } },
      status: { phase: "Active" },
    });
    const policy = "/apis/networking.k8s.io/v1/namespaces/traefik/networkpolicies/default";
    expect(bodyOf(face(get(policy)))).toMatchObject({ kind: "NetworkPolicy", metadata: { namespace: "traefik" } });
  });

  test("keeps a release where Helm keeps it: in a secret with its labels", () => {
    const path = "/api/v1/namespaces/traefik/secrets?labelSelector=owner%3Dhelm%2Cstatus%20in%20(deployed%2Cfailed)";
    expect(names(path)).toEqual(["sh.helm.release.v1.traefik.v2"]);
    const { data } = bodyOf(face(get("/api/v1/namespaces/traefik/secrets/sh.helm.release.v1.traefik.v2"))) as {
      data: { release: string };
    };
    const packed = Buffer.from(Buffer.from(data.release, "base64").toString(), "base64");
    expect(JSON.parse(gunzipSync(packed).toString())).toEqual({
      name: "traefik",
      namespace: "traefik",
      version: 2,
      info: { status: "deployed" },
    });
    expect(names("/api/v1/secrets?labelSelector=owner%3Dhelm%2Cstatus%3Dpending-install")).toEqual([]);
  });

  test("the secret of a pending revision may go, and what was before it is the release again", () => {
    const pending = (revision: number, status: string) => ({ ...release("traefik"), status, metadata: { revision } });
    const world = worldOf(["helm_release", "traefik/traefik", pending(2, "pending-upgrade"), HERE]);
    const server = kubernetesFace(world, HERE);
    const secrets = "/api/v1/namespaces/traefik/secrets";
    const remove = (revision: number) =>
      server(get(`${secrets}/sh.helm.release.v1.traefik.v${revision}`, { method: "DELETE" })).status;
    expect(bodyOf(server(get(`${secrets}?labelSelector=status%3Dpending-upgrade`)))).toMatchObject({
      items: [{ metadata: { name: "sh.helm.release.v1.traefik.v2" } }],
    });
    expect(remove(2)).toBe(200);
    expect(world.find("helm_release").map(({ values }) => values)).toMatchObject([pending(1, "deployed")]);
    expect(remove(1)).toBe(405);
    expect(world.size).toBe(1);
  });

  test("a first revision that is pending leaves nothing", () => {
    const world = worldOf(["helm_release", "a/a", { name: "a", namespace: "a", status: "pending-install" }, HERE]);
    const request = get("/api/v1/namespaces/a/secrets/sh.helm.release.v1.a.v1", { method: "DELETE" });
    expect(kubernetesFace(world, ELSEWHERE)(request).status).toBe(405);
    expect(kubernetesFace(world, HERE)(request).status).toBe(200);
    expect(world.size).toBe(0);
  });

  test.each([
    ["nobody it knows", get("/api/v1/namespaces", { certified: false }), 401, "Unauthorized"],
    ["an object that is not there", get("/api/v1/namespaces/vault"), 404, "NotFound"],
    ["a kind that it does not know", get("/apis/apps/v1/deployments"), 404, "NotFound"],
    ["a kind of another group", get("/apis/apps/v1/namespaces"), 404, "NotFound"],
    ["a request that writes", get("/api/v1/namespaces", { method: "POST" }), 405, "MethodNotAllowed"],
  ])("refuses %s", (_, request, status, reason) => {
    expect(face(request)).toMatchObject({ status, body: { kind: "Status", reason, code: status } });
  });

  test.each<[string, boolean]>([
    ["", true],
    ["owner=helm", true],
    ["owner==helm,status=deployed", true],
    ["owner=helm,status=failed", false],
    ["status!=failed", true],
    ["status in (failed, deployed)", true],
    ["status notin (failed,deployed)", false],
    ["owner", true],
    ["!owner", false],
    ["!missing", true],
  ])("the selector %p is met: %p", (selector, met) => {
    expect(selects(selector, { owner: "helm", status: "deployed" })).toBe(met);
  });
});
