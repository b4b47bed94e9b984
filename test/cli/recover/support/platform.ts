import { strata } from "../../support/session";
import { type FakeClouds, TOKENS } from "./fake-clouds";
import { CONTENT, type FakeCluster } from "./fake-cluster";
import { fakeTerraform, TestProgram } from "./program";

const NETWORK = "${data.terraform_remote_state.l1-network-main.outputs.vpc_id}";
const CLUSTER = "data.terraform_remote_state.l1-cluster-main.outputs";
const ZONE = "${data.terraform_remote_state.l1-edge-acme.outputs.zone_id}";
const connection = { host: `\${${CLUSTER}.host}`, client_key: `\${base64decode(${CLUSTER}.client_key)}` };

/** One of everything that the real program has, in five stacks. */
export const STACKS = {
  "l1-edge-acme": {
    json: {
      data: { cloudflare_zone: { zone: { filter: { name: "acme.example" } } } },
      resource: {
        cloudflare_ruleset: {
          waf: {
            zone_id: "${data.cloudflare_zone.zone.id}",
            phase: "http_ratelimit",
            kind: "zone",
            name: "Strata rate limits",
            description: "Owned by Strata (acme.example)",
          },
        },
        cloudflare_zone_setting: { ssl: { zone_id: "${data.cloudflare_zone.zone.id}", setting_id: "ssl" } },
      },
      output: { zone_id: { value: "${data.cloudflare_zone.zone.id}" } },
    },
  },
  "l1-network-main": {
    json: {
      resource: {
        vultr_vpc: { vpc: { description: "main", region: "fra", v4_subnet: "10.1.0.0", v4_subnet_mask: 24 } },
      },
      output: { vpc_id: { value: "${vultr_vpc.vpc.id}" } },
    },
  },
  "l1-cluster-main": {
    dependencies: ["l1-network-main"],
    json: {
      resource: {
        terraform_data: { plan: { input: { plan: "vc2" } } },
        vultr_kubernetes: { cluster: { label: "acme-main", region: "fra", vpc_id: NETWORK } },
        vultr_kubernetes_node_pools: {
          pool: {
            ...{ cluster_id: "${vultr_kubernetes.cluster.id}", label: "memory", plan: "vc2" },
            lifecycle: { replace_triggered_by: ["terraform_data.plan"] },
          },
        },
      },
      output: { host: { value: "${vultr_kubernetes.cluster.host}" } },
    },
  },
  "l2-base-main": {
    dependencies: ["l1-cluster-main", "l1-edge-acme"],
    json: {
      provider: {
        kubernetes: [{ alias: "main", ...connection }],
        helm: [{ alias: "main", kubernetes: connection }],
      },
      resource: {
        kubernetes_namespace_v1: { web: { provider: "kubernetes.main", metadata: { name: "web" } } },
        kubernetes_network_policy_v1: {
          web: { provider: "kubernetes.main", metadata: { name: "default", namespace: "web" } },
        },
        helm_release: {
          web: { provider: "helm.main", name: "web", namespace: "web", timeout: 300, atomic: false },
        },
        cloudflare_dns_record: {
          web: {
            zone_id: ZONE,
            name: "web.acme.example",
            type: "A",
            content: "${data.kubernetes_service_v1.web.status[0].ip}",
            comment: "strata l2-base-main",
          },
        },
      },
    },
  },
  "l2-secrets-main": {
    dependencies: ["l2-base-main"],
    json: {
      resource: {
        vault_mount: { kv: { path: "secret", type: "kv", options: { version: "2" } } },
        vault_auth_backend: { k8s: { path: "kubernetes-main", type: "kubernetes" } },
        vault_audit: { file: { type: "file", options: { file_path: "/log" } } },
        vault_policy: { reader: { name: "reader", policy: "" } },
      },
    },
  },
} as const;

/** Everything of the stack is in its state, with these outputs. */
export type Applied = "l1-edge-acme" | "l1-network-main" | "l1-cluster-main" | "l2-base-main" | "l2-secrets-main";

const STATES = {
  "l1-edge-acme": { "cloudflare_ruleset.waf": { id: "r0" }, "cloudflare_zone_setting.ssl": { id: "ssl" } },
  "l1-network-main": { "vultr_vpc.vpc": { id: "v0" } },
  "l1-cluster-main": {
    "terraform_data.plan": { id: "p" },
    "vultr_kubernetes.cluster": { id: "c0" },
    "vultr_kubernetes_node_pools.pool": { id: "n0" },
  },
  "l2-base-main": {
    "kubernetes_namespace_v1.web": { id: "web", alias: "main" },
    "kubernetes_network_policy_v1.web": { id: "web/default", alias: "main" },
    "helm_release.web": { id: "web", alias: "main" },
    "cloudflare_dns_record.web": { id: "d0" },
  },
  "l2-secrets-main": {
    "vault_mount.kv": { id: "secret" },
    "vault_auth_backend.k8s": { id: "kubernetes-main" },
    "vault_audit.file": { id: "file" },
    "vault_policy.reader": { id: "reader" },
  },
} as const;

/** The program; the named stacks are applied to their end. */
export function platform(cluster: Pick<FakeCluster, "outputs">, ...applied: readonly Applied[]): TestProgram {
  const program = new TestProgram(STACKS);
  const outputs = {
    "l1-edge-acme": { zone_id: "zone1" },
    "l1-network-main": { vpc_id: "v0" },
    "l1-cluster-main": cluster.outputs,
    "l2-base-main": {},
    "l2-secrets-main": {},
  };
  for (const stack of applied) program.state(stack, STATES[stack], outputs[stack]);
  return program;
}

/** Applies a stack without some of its resources: a run was killed before it wrote them down. */
export function lose(program: TestProgram, stack: Applied, addresses: readonly string[], outputs = {}): void {
  const left = Object.entries(STATES[stack]).filter(([address]) => !addresses.includes(address));
  program.state(stack, Object.fromEntries(left), outputs);
}

let terraform: string | undefined;

/** Runs `strata recover`; no token and no key may ever be printed. */
export async function recover(
  program: TestProgram,
  clouds: FakeClouds,
  args: readonly string[] = [],
  env: Readonly<Record<string, string | undefined>> = {},
) {
  terraform ??= fakeTerraform();
  const outcome = await strata(["recover", "--dir", program.folder, "--config", program.config, ...args], {
    env: { PATH: process.env.PATH, TERRAFORM_BINARY_NAME: terraform, ...clouds.env, ...env },
    cwd: program.root,
  });
  for (const secret of [...Object.values(TOKENS), CONTENT, "BEGIN CERTIFICATE", "PRIVATE KEY"]) {
    expect(outcome.out + outcome.err).not.toContain(secret);
  }
  return outcome;
}
