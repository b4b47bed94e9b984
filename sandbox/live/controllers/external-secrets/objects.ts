import type { IExternalSecretSpec } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecretSpec";
import type { ISecretStoreSpec } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStoreSpec";
import type { IPasswordSpec } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/PasswordSpec";
import type { ResourceType, Stored } from "../api/objects";
import type { Condition } from "../loop/status";

const apiVersion = "external-secrets.io/v1";

export interface SecretStore extends Stored {
  readonly spec: ISecretStoreSpec;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export const SECRET_STORES: ResourceType<SecretStore> = {
  apiVersion,
  kind: "SecretStore",
  plural: "secretstores",
  namespaced: true,
  custom: true,
};

export const CLUSTER_SECRET_STORES: ResourceType<SecretStore> = {
  apiVersion,
  kind: "ClusterSecretStore",
  plural: "clustersecretstores",
  namespaced: false,
  custom: true,
};

export interface ExternalSecret extends Stored {
  readonly spec: IExternalSecretSpec;
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly refreshTime?: string;
    readonly syncedResourceVersion?: string;
  };
}

export const EXTERNAL_SECRETS: ResourceType<ExternalSecret> = {
  apiVersion,
  kind: "ExternalSecret",
  plural: "externalsecrets",
  namespaced: true,
  custom: true,
};

/** A rule by which passwords are made up. */
export interface Password extends Stored {
  readonly spec: IPasswordSpec;
}

export const PASSWORDS: ResourceType<Password> = {
  apiVersion: "generators.external-secrets.io/v1alpha1",
  kind: "Password",
  plural: "passwords",
  namespaced: true,
  custom: true,
};

/** Why a secret cannot be delivered, for its status: names and reasons, never a value. */
export class Undeliverable extends Error {}

/** What is said where there is no Vault, or none that is open. */
export const NO_VAULT = "Vault is not there yet";

/** Name of the Kubernetes secret that an ExternalSecret fills. */
export function targetOf({ metadata, spec }: ExternalSecret) {
  return { name: spec.target?.name ?? metadata.name, namespace: metadata.namespace };
}
