import { Vault } from "../../../constructs/components/vault";
import { at, type Build, RESTRICTED_CONTAINER, Rendered } from "./helper";

const backup = {
  endpoint: "https://ewr1.vultrobjects.com",
  region: "us-east-1",
  bucket: "acme-platform-backups",
  secret: { name: "backups", path: "clusters/test/backups" },
  schedule: "45 0 * * *",
  retentionDays: 30,
};

const vault =
  (changes: Partial<typeof backup> = {}): Build =>
  (stack, base) => {
    new Vault(stack, "vault", { ...base, backup: { ...backup, ...changes } });
  };

const cronJob = (changes: Partial<typeof backup> = {}) =>
  Rendered.of(vault(changes)).manifests("vault-snapshots", "CronJob")[0];
const pod = (path: string) => at(cronJob(), `spec.jobTemplate.spec.template.spec.${path}`);

test("without a place for backups there are no snapshots, and nothing is delivered", () => {
  const rendered = Rendered.of((stack, base) => {
    new Vault(stack, "vault", base);
  });
  expect(rendered.resources("helm_release").map(({ name }) => name)).toEqual(["vault-tls", "vault"]);
});

test("a snapshot is taken at the times of the schedule, one at a time, and a failure stays to be seen", () => {
  expect(at(cronJob(), "spec")).toMatchObject({
    schedule: "45 0 * * *",
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    failedJobsHistoryLimit: 3,
    jobTemplate: { spec: { backoffLimit: 2, activeDeadlineSeconds: 1800 } },
  });
  for (const container of ["initContainers.0", "containers.0"]) {
    expect(pod(`${container}.terminationMessagePolicy`)).toBe("FallbackToLogsOnError");
  }
});

test("it logs in as its own account with a token that is mounted for that only, and asks the leader over TLS", () => {
  expect(pod("serviceAccountName")).toBe("vault-snapshot");
  expect(pod("automountServiceAccountToken")).toBe(false);
  expect(pod("initContainers.0.env")).toEqual(
    expect.arrayContaining([
      { name: "VAULT_ADDR", value: "https://vault-active.vault.svc.cluster.local:8200" },
      { name: "VAULT_CACERT", value: "/vault/ca/ca.crt" },
    ]),
  );
  expect(pod("initContainers.0.command.2")).toContain(
    "auth/kubernetes-test/login role=test-vault-vault-snapshot jwt=@/var/run/secrets/vault/token",
  );
  const mounts = (container: string) => JSON.stringify(pod(`${container}.volumeMounts`));
  expect(mounts("initContainers.0")).toContain("/var/run/secrets/vault");
  expect(mounts("containers.0")).not.toMatch(/secrets|\/vault\/ca/);
  expect(pod("volumes")).toEqual(
    expect.arrayContaining([
      // Not the server's private key.
      { name: "ca", secret: { secretName: "vault-tls", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    ]),
  );
});

test("the account may have its own token reviewed, and nothing else", () => {
  const rendered = Rendered.of(vault());
  const [binding, ...others] = rendered.manifests("vault-snapshots", "ClusterRoleBinding");
  expect(others).toEqual([]);
  expect(binding).toMatchObject({
    roleRef: { name: "system:auth-delegator" },
    subjects: [{ kind: "ServiceAccount", name: "vault-snapshot", namespace: "vault" }],
  });
  expect(rendered.manifests("vault-snapshots", "ServiceAccount")[0]).toMatchObject({
    automountServiceAccountToken: false,
  });
});

test("the key pair comes from Vault, and is an argument of nothing", () => {
  const rendered = Rendered.of(vault());
  const [delivered] = rendered.manifests("secrets", "ExternalSecret");
  expect(at(delivered, "spec.dataFrom.0.extract.key")).toBe("clusters/test/backups");
  const [store] = rendered.manifests("secrets", "SecretStore");
  expect(at(store, "spec.provider.vault")).toMatchObject({
    server: "https://vault.vault.svc.cluster.local:8200",
    caProvider: { key: "ca.crt" },
    auth: { kubernetes: { role: "test-vault-secret-reader" } },
  });
  const keys = ["access_key", "secret_key"].map((key) => ({ secretKeyRef: { name: "backups", key } }));
  const env = pod("containers.0.env");
  const fromSecrets = (Array.isArray(env) ? env : []).map((each) => at(each, "valueFrom")).filter(Boolean);
  expect(fromSecrets).toEqual(keys);
  expect(JSON.stringify([pod("containers.0.command"), pod("initContainers.0.command")])).not.toMatch(/KEY|secret_key/);
});

test("what is older than the days is deleted after a new one was uploaded, and never that one", () => {
  const script = String(pod("containers.0.command.2"));
  const [upload, removal] = [script.indexOf("rclone copyto"), script.indexOf("rclone delete")];
  expect(upload).toBeGreaterThan(0);
  expect(removal).toBeGreaterThan(upload);
  expect(pod("containers.0.command.1")).toBe("-ec");
  expect(script).toContain(`--min-age 30d --filter "- /$name" --filter "+ /*.snap" --filter "- *"`);
});

test("both containers are restricted, of pinned images, and write to scratch folders only", () => {
  expect(pod("securityContext")).toMatchObject({ runAsNonRoot: true, runAsUser: 100 });
  for (const container of ["initContainers.0", "containers.0"]) {
    expect(pod(`${container}.securityContext`)).toEqual(RESTRICTED_CONTAINER);
    expect(pod(`${container}.resources.limits.memory`)).toBe("256Mi");
    expect(pod(`${container}.image`)).toMatch(/:\d+\.\d+\.\d+$/);
  }
  // The program that takes it is the one that runs.
  expect(pod("initContainers.0.image")).toBe("hashicorp/vault:2.0.4");
});

test.each([
  ["https://ewr1.vultrobjects.com", "443"],
  ["https://s3.example.org:9000", "9000"],
])("only its own pods reach the store at %s", (endpoint, port) => {
  const rendered = Rendered.of(vault({ endpoint }));
  const open = rendered.resources("kubernetes_network_policy_v1").flatMap((policy) => {
    const text = JSON.stringify(at(policy, "spec.egress") ?? []);
    return text.includes("0.0.0.0/0") ? [policy] : [];
  });
  expect(open).toHaveLength(1);
  expect(at(open[0], "spec.pod_selector")).toEqual({ match_labels: { "app.kubernetes.io/name": "vault-snapshots" } });
  expect(JSON.stringify(at(open[0], "spec.egress"))).toContain(`"port":"${port}"`);
  expect(at(cronJob(), "spec.jobTemplate.spec.template.metadata.labels")).toEqual({
    "app.kubernetes.io/name": "vault-snapshots",
  });
});

test("no certificate goes unchecked", () => {
  expect(JSON.stringify(cronJob())).not.toMatch(/skip|insecure|no.?check.?cert|"http:/i);
});
