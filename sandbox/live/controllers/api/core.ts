import type { IServiceSpec } from "kubernetes-models/v1/ServiceSpec";
import type { ResourceType, Stored } from "./objects";

/** A Secret; values are Base64. */
export interface Secret extends Stored {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export const SECRETS: ResourceType<Secret> = {
  apiVersion: "v1",
  kind: "Secret",
  plural: "secrets",
  namespaced: true,
  // Helm keeps each revision of a release in one: large, many, and of no use here.
  fieldSelector: "type!=helm.sh/release.v1",
};

export interface ConfigMap extends Stored {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

export const CONFIG_MAPS: ResourceType<ConfigMap> = {
  apiVersion: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
  // Only which keys there are is asked.
  trim: ({ metadata, data, binaryData }) => ({ metadata, data: emptied(data), binaryData: emptied(binaryData) }),
};

export interface Service extends Stored {
  readonly spec: IServiceSpec;
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

export const SERVICES: ResourceType<Service> = {
  apiVersion: "v1",
  kind: "Service",
  plural: "services",
  namespaced: true,
};

export interface ServiceAccount extends Stored {}

export const SERVICE_ACCOUNTS: ResourceType<ServiceAccount> = {
  apiVersion: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  namespaced: true,
};

/** Text of a value of a secret. */
export function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

/** A value as a secret holds it. */
export function encoded(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function emptied(data: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.keys(data ?? {}).map((key) => [key, ""]));
}
