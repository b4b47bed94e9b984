import { vaultFace } from "../../../sandbox/providers/http/vault";
import { bodyOf, get, worldOf } from "./world";

const face = vaultFace(
  worldOf(
    ["vault_mount", "secret", { path: "secret", type: "kv", options: { version: "2" }, accessor: "kv_1" }, "default"],
    ["vault_auth_backend", "kubernetes-platform", { path: "kubernetes-platform", type: "kubernetes" }, "default"],
    ["vault_kubernetes_auth_backend_role", "auth/kubernetes-platform/role/casdoor", { token_ttl: 600 }, "default"],
    ["vault_audit", "file", { path: "file", type: "file" }, "default"],
    ["vault_policy", "casdoor", { name: "casdoor", policy: 'path "secret/data/x" {}' }, "default"],
  ),
);

function data(path: string): unknown {
  return (bodyOf(face(get(path))) as { data: unknown }).data;
}

describe("Vault's API over the simulated world", () => {
  test("the table of mounts has Vault's own and those that were made, also where old clients look for them", () => {
    const body = bodyOf(face(get("/v1/sys/mounts")));
    const mounted = { type: "kv", options: { version: "2" }, accessor: "kv_1" };
    expect(body).toMatchObject({ "secret/": mounted, data: { "secret/": mounted, "sys/": { type: "system" } } });
  });

  test("methods and audit devices are listed by path", () => {
    expect(data("/v1/sys/auth")).toMatchObject({ "token/": {}, "kubernetes-platform/": { type: "kubernetes" } });
    expect(data("/v1/sys/audit")).toMatchObject({ "file/": { type: "file" } });
  });

  test("policies and roles are listed and read", () => {
    expect(data("/v1/sys/policies/acl?list=true")).toEqual({ keys: ["default", "casdoor", "root"] });
    expect(data("/v1/sys/policies/acl/casdoor")).toMatchObject({ name: "casdoor", policy: 'path "secret/data/x" {}' });
    expect(bodyOf(face(get("/v1/auth/kubernetes-platform/role", { method: "LIST" })))).toMatchObject({
      data: { keys: ["casdoor"] },
    });
    expect(data("/v1/auth/kubernetes-platform/role/casdoor")).toMatchObject({ token_ttl: 600 });
  });

  test("says that it is open without a token, and nothing else", () => {
    const nobody = { header: () => "" };
    expect(bodyOf(face(get("/v1/sys/seal-status", nobody)))).toMatchObject({ initialized: true, sealed: false });
    expect(face(get("/v1/sys/mounts", nobody))).toEqual({ status: 403, body: { errors: ["permission denied"] } });
  });

  test.each(["/v1/sys/mounts/none", "/v1/auth/none/role?list=true", "/v2/sys/mounts"])("answers 404 to %s", (path) => {
    expect(face(get(path))).toEqual({ status: 404, body: { errors: [] } });
  });

  test("writes nothing", () => {
    expect(face(get("/v1/sys/mounts/secret", { method: "DELETE" })).status).toBe(405);
  });
});
