import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { StrataError } from "../../../constructs/core/errors";
import { unescapeTemplates } from "../../../constructs/core/escape";
import { isJsonObject, type Json, type JsonObject } from "../../../constructs/core/json";
import { blocks } from "../../../constructs/core/synth/stack-json";

/** An object of a release of the manifests chart. */
export interface RenderedObject {
  readonly kind: string;
  /** Namespace of its release. */
  readonly namespace: string;
  readonly json: JsonObject;
}

/**
 * Ids of the stacks of a synthesized program.
 *
 * @throws StrataError when the folder holds none
 */
export function stackIds(folder: string): readonly string[] {
  try {
    return readdirSync(path.join(folder, "stacks")).sort();
  } catch {
    throw StrataError.of({
      where: folder,
      problem: "holds no synthesized program",
      fix: "Run `npm run synth` first, or give --dir.",
    });
  }
}

/** The objects of the gateway that a stack renders. */
export function gatewayObjects(folder: string, id: string): readonly RenderedObject[] {
  const json: Json = JSON.parse(readFileSync(path.join(folder, "stacks", id, "cdk.tf.json"), "utf8"));
  if (!isJsonObject(json)) return [];
  return blocks({ id, json }, "resource")
    .filter(({ type }) => type === "helm_release")
    .flatMap(({ body }) => {
      const namespace = String(body.namespace);
      return (Array.isArray(body.values) ? body.values : [])
        .filter((text): text is string => typeof text === "string" && text.includes("traefik.io/"))
        .flatMap((text) => {
          const values: Json = parse(unescapeTemplates(text));
          const objects = isJsonObject(values) && Array.isArray(values.manifests) ? values.manifests : [];
          return objects.filter(isJsonObject).map((object) => ({ kind: String(object.kind), json: object, namespace }));
        });
    });
}
