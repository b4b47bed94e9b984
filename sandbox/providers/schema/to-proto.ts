import type { ProviderSchemaJson } from "./load";
import type { AttributeJson, BlockJson, Nesting, SchemaJson } from "./model";

const BLOCK_NESTING: Record<Nesting, number> = { leaf: 0, single: 1, list: 2, set: 3, map: 4, group: 5 };

/** The answer to GetProviderSchema. */
export function schemaResponse(schema: ProviderSchemaJson): Record<string, unknown> {
  return {
    provider: schemaToProto(schema.provider),
    resource_schemas: mapValues(schema.resource_schemas, schemaToProto),
    data_source_schemas: mapValues(schema.data_source_schemas, schemaToProto),
    ephemeral_resource_schemas: mapValues(schema.ephemeral_resource_schemas, schemaToProto),
    server_capabilities: { plan_destroy: false, get_provider_schema_optional: true },
  };
}

function schemaToProto({ version, block }: SchemaJson): Record<string, unknown> {
  return { version, block: { version, ...blockToProto(block) } };
}

function blockToProto(block: BlockJson): Record<string, unknown> {
  return {
    deprecated: block.deprecated ?? false,
    attributes: Object.entries(block.attributes ?? {}).map(([name, json]) => attributeToProto(name, json)),
    block_types: Object.entries(block.block_types ?? {}).map(([name, json]) => ({
      type_name: name,
      block: blockToProto(json.block),
      nesting: BLOCK_NESTING[json.nesting_mode],
      min_items: json.min_items ?? 0,
      max_items: json.max_items ?? 0,
    })),
  };
}

function attributeToProto(name: string, json: AttributeJson): Record<string, unknown> {
  const nested = json.nested_type;
  return {
    name,
    // A plain attribute names its type in JSON; a nested one must leave this empty.
    type: nested === undefined ? Buffer.from(JSON.stringify(json.type)) : Buffer.alloc(0),
    nested_type: nested && {
      attributes: Object.entries(nested.attributes ?? {}).map(([inner, each]) => attributeToProto(inner, each)),
      nesting: BLOCK_NESTING[nested.nesting_mode],
    },
    required: json.required ?? false,
    optional: json.optional ?? false,
    computed: json.computed ?? false,
    sensitive: json.sensitive ?? false,
    deprecated: json.deprecated ?? false,
    write_only: json.write_only ?? false,
  };
}

function mapValues<T>(record: Record<string, T> | undefined, change: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, change(value)]));
}
