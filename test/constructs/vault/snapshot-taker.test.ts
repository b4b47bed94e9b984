import { SnapshotTaker, VaultProvider } from "../../../constructs/vault";
import { clusterStack, render, resourcesOf } from "../../helpers/program";

const account = { cluster: "platform", namespace: "vault", serviceAccount: "vault-snapshot" };

const json = () =>
  render((app) => {
    const { stack } = clusterStack(app, "l2-secrets-platform");
    const provider = new VaultProvider(stack, "vault", {});
    new SnapshotTaker(stack, "snapshots", { provider, account, dependsOn: [] });
  })["l2-secrets-platform"];

test("who takes snapshots may take them and give its token back, and nothing else", () => {
  const [policy, ...others] = resourcesOf(json(), "vault_policy");
  expect(others).toEqual([]);
  expect(policy?.name).toBe("platform-vault-vault-snapshot");
  const rules = [...String(policy?.policy).matchAll(/path "([^"]+)" \{\s+capabilities = \[([^\]]+)\]/g)];
  expect(rules.map(([, path, capabilities]) => `${path}: ${capabilities}`)).toEqual([
    'sys/storage/raft/snapshot: "read"',
    'auth/token/lookup-self: "read"',
    'auth/token/revoke-self: "update"',
  ]);
});

test("only that service account gets in, with a token as it is mounted into a pod, for a short time", () => {
  expect(resourcesOf(json(), "vault_kubernetes_auth_backend_role")).toEqual([
    expect.objectContaining({
      backend: "kubernetes-platform",
      role_name: "platform-vault-vault-snapshot",
      bound_service_account_names: ["vault-snapshot"],
      bound_service_account_namespaces: ["vault"],
      audience: "https://kubernetes.default.svc.cluster.local",
      token_no_default_policy: true,
      token_ttl: 600,
      token_max_ttl: 1800,
    }),
  ]);
});
