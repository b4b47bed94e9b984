import { digestOf } from "../engine/fill";
import { uuid } from "../hooks/ids";
import { type Attributes, isAttributes } from "./objects";

/** An object of the API, from the metadata block of its resource. */
export function described(kind: string, metadata: Attributes): Attributes {
  const name = textOf(metadata, "name");
  const namespace = textOf(metadata, "namespace");
  return {
    metadata: {
      name,
      ...(namespace !== "" && { namespace }),
      uid: textOf(metadata, "uid") || uuid(digestOf(kind, namespace, name)),
      resourceVersion: textOf(metadata, "resource_version") || "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...(isAttributes(metadata.labels) && { labels: metadata.labels }),
      ...(isAttributes(metadata.annotations) && { annotations: metadata.annotations }),
    },
    ...(kind === "Namespace" && { status: { phase: "Active" } }),
  };
}

/** The text of an attribute; an empty one where there is none. */
export function textOf(from: Attributes, name: string): string {
  const text = from[name];
  return typeof text === "string" ? text : "";
}
