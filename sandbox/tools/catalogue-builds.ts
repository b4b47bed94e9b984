import type { Tool } from "./catalogue";

const PLUGIN = { args: [], expect: /This binary is a plugin/ };

/** How each tool is built. */
export const BUILDS: readonly Omit<Tool, "production">[] = [
  {
    name: "helm",
    // Its provider is made from the same version: what they share is compiled once.
    group: "provider-helm",
    module: "helm.sh/helm/v3",
    folder: "cmd/helm",
    variables: { "helm.sh/helm/v3/internal/version.version": "{version}" },
    check: { args: ["version", "--short"], expect: /^v3\.\S+/m },
  },
  {
    name: "etcd",
    group: "etcd",
    module: "go.etcd.io/etcd/server/v3",
    check: { args: ["--version"], expect: /^etcd Version: \S+/m },
  },
  {
    name: "kwok",
    group: "kwok",
    module: "sigs.k8s.io/kwok",
    folder: "cmd/kwok",
    check: { args: ["--version"], expect: /^kwok version \S+/m },
  },
  {
    name: "oauth2-proxy",
    group: "oauth2-proxy",
    module: "github.com/oauth2-proxy/oauth2-proxy/v7",
    variables: { "github.com/oauth2-proxy/oauth2-proxy/v7/pkg/version.VERSION": "{version}" },
    check: { args: ["--version"], expect: /^oauth2-proxy v\S+/m },
  },
  {
    name: "terraform-provider-helm",
    group: "provider-helm",
    module: "github.com/hashicorp/terraform-provider-helm",
    release: "3.2.0",
    check: PLUGIN,
  },
  {
    name: "terraform-provider-kubernetes",
    group: "provider-kubernetes",
    module: "github.com/hashicorp/terraform-provider-kubernetes",
    release: "3.2.1",
    check: PLUGIN,
  },
  {
    name: "terraform-provider-vault",
    group: "provider-vault",
    module: "github.com/hashicorp/terraform-provider-vault",
    release: "5.9.0",
    check: PLUGIN,
  },
  ...["kube-scheduler", "kube-apiserver", "kube-controller-manager"].map(kubernetes),
  {
    name: "minio",
    group: "minio",
    module: "github.com/minio/minio",
    release: "2026-02-12",
    check: { args: ["--version"], expect: /^minio version \S+/m },
  },
  {
    name: "traefik",
    group: "traefik",
    module: "github.com/traefik/traefik/v3",
    folder: "cmd/traefik",
    variables: { "github.com/traefik/traefik/v3/pkg/version.Version": "{version}" },
    check: { args: ["version"], expect: /^Version:\s+\S+/m },
  },
  {
    name: "vault",
    group: "vault",
    module: "github.com/hashicorp/vault",
    // Without the plugins of clouds and databases, which are most of its time and size; ours adds Kubernetes again.
    ownMain: true,
    tags: ["minimal"],
    check: { args: ["version"], expect: /^Vault v[\w.+-]+/m },
  },
];

/** Charts ask the API server for its version, so it has to know it: without these it calls itself v0.0.0. */
function kubernetes(name: string): Omit<Tool, "production"> {
  const named = (folder: string): [string, string][] => [
    [`${folder}.gitVersion`, "{version}"],
    [`${folder}.gitMajor`, "{major}"],
    [`${folder}.gitMinor`, "{minor}"],
    [`${folder}.gitTreeState`, "clean"],
  ];
  return {
    name,
    group: "kubernetes",
    module: "k8s.io/kubernetes",
    folder: `cmd/${name}`,
    variables: Object.fromEntries([
      ...named("k8s.io/component-base/version"),
      ...named("k8s.io/client-go/pkg/version"),
    ]),
    check: { args: ["--version"], expect: /^Kubernetes v\S+/m },
  };
}
