import type { CtyType } from "../wire/values";

/** How a member repeats: `leaf` has a plain type, all others hold objects of a shape. */
export type Nesting = "leaf" | "single" | "group" | "list" | "set" | "map";

/** One attribute or block of an object. */
export interface Member {
  readonly name: string;
  readonly block: boolean;
  readonly nesting: Nesting;
  /** The type of a leaf. */
  readonly type?: CtyType;
  /** The objects of everything that is not a leaf. */
  readonly shape?: Shape;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly sensitive: boolean;
  readonly writeOnly: boolean;
  readonly minItems: number;
  readonly maxItems: number;
}

/** The members of a resource, data source, block or nested object. */
export interface Shape {
  readonly version: number;
  readonly members: readonly Member[];
}

/** An attribute as `terraform providers schema -json` prints it. */
export interface AttributeJson {
  type?: CtyType;
  nested_type?: { nesting_mode: Nesting; attributes?: Record<string, AttributeJson> };
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
  sensitive?: boolean;
  deprecated?: boolean;
  write_only?: boolean;
}

/** A block as `terraform providers schema -json` prints it. */
export interface BlockJson {
  deprecated?: boolean;
  attributes?: Record<string, AttributeJson>;
  block_types?: Record<string, { nesting_mode: Nesting; block: BlockJson; min_items?: number; max_items?: number }>;
}

/** The schema of one resource, data source or provider as `terraform providers schema -json` prints it. */
export interface SchemaJson {
  version: number;
  block: BlockJson;
}

/** Reads the printed form: attributes, nested attributes and blocks become members of one kind. */
export function shapeOf({ version, block }: SchemaJson): Shape {
  return { version, members: membersOf(block) };
}

function membersOf(block: BlockJson): Member[] {
  const attributes = Object.entries(block.attributes ?? {}).map(([name, json]) => attributeOf(name, json));
  const blocks = Object.entries(block.block_types ?? {}).map(
    ([name, json]): Member => ({
      ...NO_FLAGS,
      name,
      block: true,
      nesting: json.nesting_mode,
      shape: { version: 0, members: membersOf(json.block) },
      minItems: json.min_items ?? 0,
      maxItems: json.max_items ?? 0,
    }),
  );
  return [...attributes, ...blocks];
}

function attributeOf(name: string, json: AttributeJson): Member {
  const nested = json.nested_type;
  return {
    ...NO_FLAGS,
    name,
    block: false,
    nesting: nested?.nesting_mode ?? "leaf",
    type: json.type,
    shape: nested && { version: 0, members: membersOf({ attributes: nested.attributes ?? {} }) },
    required: json.required ?? false,
    optional: json.optional ?? false,
    computed: json.computed ?? false,
    sensitive: json.sensitive ?? false,
    writeOnly: json.write_only ?? false,
  };
}

const NO_FLAGS = {
  required: false,
  optional: false,
  computed: false,
  sensitive: false,
  writeOnly: false,
  minItems: 0,
  maxItems: 0,
};
