import { parse } from "yaml";
import { unescapeTemplates } from "../../constructs/core/escape";
import { isJsonObject, type Json, type JsonObject } from "../../constructs/core/json";
import type { StackJson } from "../../constructs/core/synth";
import { blocks } from "../../constructs/core/synth/stack-json";

/** A Helm release as Helm sees it. */
export interface Release {
  readonly stack: string;
  /** Alias of its cluster. */
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly chart: string;
  /** Address in its stack, and what it depends on there. */
  readonly address: string;
  readonly dependsOn: readonly string[];
  readonly values: JsonObject;
  /** Objects of the manifests chart. */
  readonly objects: readonly KubernetesObject[];
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** The object as it is applied. */
  readonly json: JsonObject;
}

/** Every release of a program. */
export function releasesOf(stacks: readonly StackJson[]): Release[] {
  return stacks.flatMap((stack) =>
    blocks(stack, "resource")
      .filter(({ type }) => type === "helm_release")
      .map(({ name, body }) => {
        const values: Json = parse(unescapeTemplates(texts(body.values).join("\n")));
        if (!isJsonObject(values)) throw new Error(`${stack.id} ${name} has no values`);
        return {
          stack: stack.id,
          cluster: String(body.provider).replace("helm.", ""),
          namespace: String(body.namespace),
          name: String(body.name),
          chart: String(body.chart),
          address: `helm_release.${name}`,
          dependsOn: texts(body.depends_on),
          values,
          objects: list(values.manifests).map(objectOf),
        };
      }),
  );
}

function objectOf(json: JsonObject): KubernetesObject {
  const { apiVersion, kind } = json;
  return { apiVersion: String(apiVersion), kind: String(kind), name: String(at(json, "metadata", "name")), json };
}

/** The value at a path; `undefined` where it leads nowhere. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let current: unknown = value;
  for (const step of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current as Json | undefined;
}

/** The objects of a list; none where there is no list. */
export function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The texts of a list. */
export function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** Every object inside a value, with the path to it. */
export function objectsIn(value: Json, path = ""): { readonly path: string; readonly object: JsonObject }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  const inner = Object.entries(value).flatMap(([key, child]) => objectsIn(child, path === "" ? key : `${path}.${key}`));
  return [{ path, object: value }, ...inner];
}
