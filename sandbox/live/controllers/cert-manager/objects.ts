import type { ICertificateSpec } from "@kubernetes-models/cert-manager/cert-manager.io/v1/CertificateSpec";
import type { IIssuerSpec } from "@kubernetes-models/cert-manager/cert-manager.io/v1/IssuerSpec";
import type { ResourceType, Stored } from "../api/objects";
import type { Condition } from "../loop/status";

/** Namespace of cert-manager: what issuers of the whole cluster name is there. */
export const CERT_MANAGER_NAMESPACE = "cert-manager";

const apiVersion = "cert-manager.io/v1";

export interface Issuer extends Stored {
  readonly spec: IIssuerSpec;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export const ISSUERS: ResourceType<Issuer> = {
  apiVersion,
  kind: "Issuer",
  plural: "issuers",
  namespaced: true,
  custom: true,
};

export const CLUSTER_ISSUERS: ResourceType<Issuer> = {
  apiVersion,
  kind: "ClusterIssuer",
  plural: "clusterissuers",
  namespaced: false,
  custom: true,
};

export interface Certificate extends Stored {
  readonly spec: ICertificateSpec;
  readonly status?: { readonly conditions?: readonly Condition[]; readonly revision?: number };
}

export const CERTIFICATES: ResourceType<Certificate> = {
  apiVersion,
  kind: "Certificate",
  plural: "certificates",
  namespaced: true,
  custom: true,
};

/** Where the secrets are that an issuer names. */
export function secretsNamespaceOf({ metadata }: Issuer): string {
  return metadata.namespace ?? CERT_MANAGER_NAMESPACE;
}
