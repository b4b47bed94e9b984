import type { Declarations } from "../../cli/secrets/declarations";
import type { Exception } from "./judge";

const README = "sandbox/README.md, The live sandbox";

/**
 * Where a live sandbox may hold a secret beside Terraform's states and plans: in the clusters whose namespaces read it, in
 * the data of their servers, and in what the sandbox itself needs to be the owner of its Vault.
 */
export function liveExceptions({ secrets, bootstrap }: Declarations): readonly Exception[] {
  return [
    ...secrets.flatMap(({ path, readers }) =>
      readers.map(({ cluster, namespace }) => ({
        secret: `${path}:*`,
        place: `cluster ${cluster}: Secret ${namespace}/*`,
        reason: "External Secrets delivers it to the namespaces that read it",
        documented: "docs/architecture.md, Secrets",
      })),
    ),
    ...secrets.flatMap(({ path, keys }) =>
      Object.entries(keys)
        .filter(([, { kind }]) => kind === "supplied")
        .map(([key]) => ({
          secret: `${path}:${key}`,
          place: "environment of bin.mjs#STRATA_SANDBOX_VALUE_*",
          reason: "strata secrets sync takes what a person supplies from its environment",
          documented: "cli/README.md, strata secrets sync",
        })),
    ),
    ...bootstrap.map(({ cluster, namespace, name }) => ({
      secret: `bootstrap ${cluster} ${namespace}/${name}:*`,
      // Its value is one token for all clusters.
      place: `cluster *: Secret ${namespace}/${name}#*`,
      reason: "strata secrets bootstrap writes it there, because it is needed before Vault",
      documented: "docs/architecture.md, Secrets",
    })),
    ...OF_THE_SANDBOX,
  ];
}

const OF_THE_SANDBOX: readonly Exception[] = [
  ...["*/*:*", "bootstrap *", "in *"].map((secret) => ({
    secret,
    place: "servers/clusters/*/etcd/*",
    reason: "the data of the sandbox's API servers is not encrypted",
    documented: README,
  })),
  ...["pki/admin-key.pem", "kubeconfig"].map((file) => ({
    secret: "cluster *:client_key",
    place: `servers/clusters/*/${file}`,
    reason: "the sandbox is who made the clusters",
    documented: README,
  })),
  {
    secret: "vault:*",
    place: "servers/vault/keys.json*",
    reason: "the sandbox is the owner of its Vault and opens it after every start",
    documented: README,
  },
  {
    secret: "vault:root_token",
    place: "environment of *#VAULT_TOKEN",
    reason: "programs take tokens from their environment",
    documented: "README.md, Prerequisites",
  },
  {
    secret: "bootstrap *",
    place: "environment of bin.mjs#*",
    reason: "strata secrets bootstrap takes what a person supplies from its environment",
    documented: "cli/README.md, strata secrets bootstrap",
  },
];
