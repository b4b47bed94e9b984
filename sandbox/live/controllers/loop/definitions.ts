import { groupOf, type ResourceType, type Served, type Stored, versionOf } from "../api/objects";

/** What is read of a CustomResourceDefinition; the schemas, most of it, are not kept. */
export interface CustomResourceDefinition extends Stored {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly DefinedVersion[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface DefinedVersion {
  readonly name: string;
  readonly served: boolean;
  readonly subresources?: { readonly status?: object };
}

export const CUSTOM_RESOURCE_DEFINITIONS: ResourceType<CustomResourceDefinition> = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
  trim: ({ metadata, spec: { group, names, versions }, status }) => ({
    metadata: { ...metadata, annotations: undefined },
    spec: {
      group,
      names: { plural: names.plural },
      versions: versions.map(({ name, served, subresources }) => ({ name, served, subresources })),
    },
    status: { conditions: status?.conditions },
  }),
};

/** What a definition says about a type that controllers know. */
export type Availability = "served" | "not-yet" | "other-version";

/** Name of the definition that serves a type. */
export function definitionOf(type: Served): string {
  return `${type.plural}.${groupOf(type)}`;
}

export function availability(type: Served, { spec, status, metadata }: CustomResourceDefinition): Availability {
  const established = status?.conditions?.some((one) => one.type === "Established" && one.status === "True") ?? false;
  if (!established || metadata.deletionTimestamp !== undefined) return "not-yet";
  return versionIn(type, spec.versions)?.served ? "served" : "other-version";
}

/** Whether the status of a type is written to a place of its own. */
export function hasStatusOfItsOwn(type: Served, definition: CustomResourceDefinition | undefined): boolean {
  if (!type.custom) return true;
  return versionIn(type, definition?.spec.versions ?? [])?.subresources?.status !== undefined;
}

function versionIn(type: Served, versions: readonly DefinedVersion[]): DefinedVersion | undefined {
  return versions.find(({ name }) => name === versionOf(type));
}
