import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { repositoryRoot } from "../../root";
import { type SchemaJson, type Shape, shapeOf } from "./model";

/** All schemas of one provider. Shapes are read when they are first needed: a program uses few of the hundreds. */
export interface ProviderSchema {
  readonly address: string;
  /** The version that the schema was printed from. */
  readonly version: string;
  readonly json: ProviderSchemaJson;
  provider(): Shape;
  shape(kind: SchemaKind, type: string): Shape;
}

/** Where a type is looked up. */
export type SchemaKind = "resource_schemas" | "data_source_schemas" | "ephemeral_resource_schemas";

/** One provider in the output of `terraform providers schema -json`. */
export interface ProviderSchemaJson {
  provider: SchemaJson;
  resource_schemas?: Record<string, SchemaJson>;
  data_source_schemas?: Record<string, SchemaJson>;
  ephemeral_resource_schemas?: Record<string, SchemaJson>;
}

/** Loads the committed schema of a provider, such as `vultr`. */
export function loadSchema(name: string): ProviderSchema {
  const file = path.join(repositoryRoot(), "sandbox", "providers", "schemas", `${name}.json.gz`);
  const printed = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
    provider_schemas: Record<string, ProviderSchemaJson>;
    provider_versions?: Record<string, string>;
  };
  const [entry] = Object.entries(printed.provider_schemas);
  if (entry === undefined) throw new Error(`${file} holds no provider schema.`);
  const [address, json] = entry;
  const shapes = new Map<string, Shape>();
  const cached = (key: string, schema: SchemaJson | undefined): Shape => {
    if (schema === undefined) throw new Error(`The provider ${address} has no ${key}.`);
    const shape = shapes.get(key) ?? shapeOf(schema);
    shapes.set(key, shape);
    return shape;
  };
  return {
    address,
    version: printed.provider_versions?.[address] ?? "unknown",
    json,
    provider: () => cached("provider", json.provider),
    shape: (kind, type) => cached(`${kind}.${type}`, json[kind]?.[type]),
  };
}
