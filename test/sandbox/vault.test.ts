import { describeWithTerraform, type Json, openWorkspace, removeFolders, type Workspace } from "./support";

jest.setTimeout(60_000);

describeWithTerraform("the simulated Vault, with real Terraform", () => {
  let space: Workspace;

  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.stop());
  afterAll(removeFolders);

  const config = (resource: Json): Json => ({ required: ["vault"], provider: { vault: {} }, resource });
  const method = { type: "kubernetes", path: "kubernetes-platform" };
  const role = {
    backend: "${vault_auth_backend.k.path}",
    role_name: "openpanel",
    bound_service_account_names: ["openpanel"],
    bound_service_account_namespaces: ["openpanel-staging"],
    token_policies: ["openpanel"],
  };

  test("mounts, methods, policies and roles are applied, planned again without a change, and destroyed", async () => {
    await space.apply(
      config({
        vault_mount: { kv: { path: "secret", type: "kv", options: { version: "2" } } },
        vault_auth_backend: { k: method },
        vault_kubernetes_auth_backend_config: {
          k: { backend: role.backend, kubernetes_host: "https://kubernetes.default.svc" },
        },
        vault_policy: { p: { name: "openpanel", policy: 'path "secret/data/staging/*" { capabilities = ["read"] }' } },
        vault_kubernetes_auth_backend_role: { r: role },
      }),
    );
    expect(space.state("vault_kubernetes_auth_backend_role.r").id).toBe("auth/kubernetes-platform/role/openpanel");
    expect((await space.plan()).code).toBe(0);
    expect((await space.terraform.destroy(space.folder)).code).toBe(0);
    expect(space.providers.world.size).toBe(0);
  });

  test("a path that is in use is refused", async () => {
    const mount = { path: "secret", type: "kv" };
    expect(await space.refused(config({ vault_mount: { a: mount, b: mount } }))).toContain(
      "path is already in use at secret/",
    );
    const twice = { k: method, l: method };
    expect(await space.refused(config({ vault_auth_backend: twice }))).toContain("path is already in use");
  });

  test("a secrets mount and an auth method may have the same path", async () => {
    await space.apply(
      config({
        vault_mount: { a: { path: "k8s", type: "kv" } },
        vault_auth_backend: { k: { type: "kubernetes", path: "k8s" } },
      }),
    );
  });

  test("a role of a method that is not enabled is refused", async () => {
    const text = await space.refused(
      config({ vault_kubernetes_auth_backend_role: { r: { ...role, backend: "missing" } } }),
    );
    expect(text).toContain("no handler for route");
  });

  test("another path makes a new mount", async () => {
    await space.apply(config({ vault_auth_backend: { k: method } }));
    space.write(config({ vault_auth_backend: { k: { ...method, path: "other" } } }));
    expect((await space.plan()).output).toContain("must be replaced");
  });
});
