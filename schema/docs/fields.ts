/** Reads the fields out of a JSON Schema, one row each. */
import type * as z from "zod/mini";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** One field of a document. */
export interface Row {
  readonly path: string;
  readonly value: string;
  readonly otherwise: string;
  readonly description: string;
}
export type Rows = readonly Row[];

export interface FieldOptions {
  /** Fields that stand in another table: the keys left out of the mapping at a path, and what is said instead. */
  readonly omit?: Readonly<Record<string, readonly [readonly string[], string]>>;
  /** Mappings whose keys are known and whose values are all alike: one row stands for all, under this name. */
  readonly alike?: Readonly<Record<string, string>>;
  /** Mappings that are described elsewhere, by path, and where. */
  readonly see?: Readonly<Record<string, string>>;
}

/** The fields of a schema, in order. */
export function fieldRows(schema: JsonSchema, options: FieldOptions): Rows {
  return [...fields(schema, "", options)];
}

function* fields(schema: JsonSchema, path: string, options: FieldOptions): Generator<Row> {
  const see = options.see?.[path];
  if (see !== undefined) return;
  const [omitted = [], instead = ""] = options.omit?.[path] ?? [];
  const seen = new Set<string>(omitted);
  for (const form of mappings(schema)) {
    for (const [key, field] of Object.entries(form.properties ?? {})) {
      if (seen.has(key)) continue;
      seen.add(key);
      const alike = options.alike?.[path];
      const name = alike ?? key;
      const child = path === "" ? name : `${path}.${name}`;
      yield row(child, alternatives(schema, key, field as JsonSchema), need(schema, key), options);
      yield* fields(field as JsonSchema, child, options);
      if (alike !== undefined) break;
    }
    const values = form.additionalProperties;
    if (typeof values === "object" && mappings(values).length > 0 && values.$ref === undefined) {
      const child = `${path}.<name>`;
      const pointer = options.see?.[child];
      if (pointer !== undefined) yield { path: child, value: "mapping", otherwise: "", description: pointer };
      yield* fields(values, child, options);
    }
  }
  if (instead !== "") yield { path: `${path}.…`, value: "", otherwise: "", description: instead };
  const items = schema.items;
  if (typeof items === "object" && !Array.isArray(items)) yield* fields(items as JsonSchema, `${path}[]`, options);
}

/** A field that tells forms of a mapping apart has another constant in each. */
function alternatives(schema: JsonSchema, key: string, field: JsonSchema): JsonSchema {
  const all = mappings(schema).flatMap((form) => {
    const each = form.properties?.[key];
    return typeof each === "object" && each.const !== undefined ? [each] : [];
  });
  if (all.length < 2) return field;
  const description = all.map((each) => `\`${each.const}\`: ${each.description}`).join(" ");
  return { enum: all.map((each) => String(each.const)), description };
}

/** Whether a field must be there: always, with some form of the mapping, or never. */
function need(schema: JsonSchema, key: string): string {
  const forms = mappings(schema);
  const having = forms.filter((form) => form.properties?.[key] !== undefined);
  if (!having.every((form) => form.required?.includes(key))) return "";
  if (having.length === forms.length) return "**required**";
  const kinds = having.flatMap((form) => Object.values(form.properties ?? {}).flatMap((each) => constant(each)));
  return `**required** with \`${kinds.join(", ")}\``;
}

function constant(schema: unknown): string[] {
  const value = (schema as JsonSchema).const;
  return value === undefined ? [] : [String(value)];
}

/** The mappings that a schema admits. */
function mappings(schema: JsonSchema): readonly JsonSchema[] {
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return forms.flatMap((form) => mappings(form as JsonSchema));
  return schema.type === "object" ? [schema] : [];
}

function row(path: string, schema: JsonSchema, needed: string, options: FieldOptions): Row {
  const text = schema.description ?? "";
  const parts = /^(.*?)(?: Default: (.*)\.)?$/s.exec(text);
  const see = options.see?.[path];
  const description = see === undefined ? (parts?.[1] ?? "") : `${parts?.[1] ?? ""} ${see}`.trim();
  return { path, value: valueText(schema), otherwise: needed === "" ? (parts?.[2] ?? "") : needed, description };
}

function valueText(schema: JsonSchema): string {
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return [...new Set(forms.map((form) => valueText(form as JsonSchema)))].join(" or ");
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${String(each)}\``).join(" or ");
  if (schema.type === "object") return "mapping";
  if (schema.type === "array") return "list";
  if (schema.type === "boolean") return "`true` or `false`";
  if (schema.type === "integer") return `${schema.minimum} to ${schema.maximum}`;
  return schema.type === "number" ? "number" : "text";
}
