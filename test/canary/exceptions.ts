import { stackId } from "../../constructs/core/names";
import type { Platform } from "../../schema/model";
import type { Exception } from "./judge";

const ARCHITECTURE = "docs/architecture.md, Secrets";

/**
 * Where the states and plan files of a platform may hold a secret: all of it. Everything else that a scan finds is a leak,
 * and so the list is as narrow as it can be: it names the address in the state, not the state.
 */
export function terraformExceptions(platform: Platform): readonly Exception[] {
  const clusters = platform.clusters.flatMap(({ name }) => [
    ...ownCredentials(name),
    ...readers(platform, name).flatMap((reader) => readCredentials(name, reader)),
  ]);
  return [...clusters, ...backupKeys(platform)];
}

/** Path and key under which the private key of a cluster's administrator is reported. */
export function clusterKeyId(cluster: string): string {
  return `cluster ${cluster}:client_key`;
}

/** The cluster itself, with the kubeconfig that Vultr answers with, and the key as an output. */
function ownCredentials(cluster: string): readonly Exception[] {
  const owner = stackId.cluster(cluster);
  return [...inStateAndPlan(owner, ["vultr_kubernetes.*", "output.client_key"]), inChanges(owner)].map((place) => ({
    secret: clusterKeyId(cluster),
    place,
    reason: "Vultr answers with the cluster's credentials, and the stacks above need them",
    documented: ARCHITECTURE,
  }));
}

/** A read of the contract copies every output of the cluster's stack into the reader. */
function readCredentials(cluster: string, reader: string): readonly Exception[] {
  const address = `data.terraform_remote_state.${stackId.cluster(cluster)}`;
  return inStateAndPlan(reader, [address]).map((place) => ({
    secret: clusterKeyId(cluster),
    place,
    reason: "the stack acts on the cluster, and so reads its contract",
    documented: ARCHITECTURE,
  }));
}

/** The stacks that act on a cluster. */
function readers(platform: Platform, cluster: string): readonly string[] {
  const environments = platform.environments.filter((environment) => environment.cluster === cluster);
  return [
    stackId.base(cluster),
    stackId.secrets(cluster),
    stackId.services(cluster),
    ...environments.flatMap(({ name }) => [stackId.data(name), stackId.apps("apps", name)]),
  ];
}

/** The keys of a bucket stand in the state of its own stack, and in no other. */
function backupKeys(platform: Platform): readonly Exception[] {
  if (platform.backups?.type !== "vultr") return [];
  const environments = platform.environments.filter(({ backups }) => backups !== false);
  const subjects = [
    { name: platform.central, path: `clusters/${platform.central}/backups` },
    ...environments.map(({ name }) => ({ name, path: `${name}/backups` })),
  ];
  return subjects.flatMap(({ name, path }) => {
    const owner = stackId.backups(name);
    return ["access_key", "secret_key"].flatMap((key) =>
      [...inStateAndPlan(owner, ["vultr_object_storage.*", `output.${key}`]), inChanges(owner)].map((place) => ({
        secret: `${path}:${key}`,
        place,
        reason: "Vultr answers with the keys of an object store, and the sync copies them into Vault",
        documented: ARCHITECTURE,
      })),
    );
  });
}

/** A state, its backup beside it, and the plan file, which carries the state with it and is deleted after use. */
function inStateAndPlan(stack: string, addresses: readonly string[]): readonly string[] {
  return addresses.flatMap((address) => [
    `state/${stack}.tfstate*#${address}`,
    `plans/${stack}.tfplan!tfstate*#${address}`,
    `plans/${stack}.json#${address}`,
  ]);
}

/** What the stack makes stands in the changes of its plan too, a binary text that names no address. */
function inChanges(stack: string): string {
  return `plans/${stack}.tfplan!tfplan`;
}

/** The tokens of providers reach the programs that need them in their environment, and in no other way. */
export function tokenExceptions(variables: readonly string[], owner: string): readonly Exception[] {
  return variables.map((variable) => ({
    secret: `${owner}:${variable}`,
    place: `environment of *#${variable}`,
    reason: "programs take tokens from their environment",
    documented: "README.md, Prerequisites",
  }));
}
