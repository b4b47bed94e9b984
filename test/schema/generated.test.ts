import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchemas, withTables } from "../../schema/docs";

const folder = join(__dirname, "../../schema");
const read = (file: string) => readFileSync(join(folder, file), "utf8");

describe("what is generated from the schemas (else run `npm run generate:schemas`)", () => {
  it.each(Object.keys(jsonSchemas()))("%s is current", (name) => {
    expect(read(join("json", name))).toBe(jsonSchemas()[name]);
  });

  it("the tables of README.md are current", () => {
    expect(withTables(read("README.md"))).toBe(read("README.md"));
  });

  it.each(Object.entries(jsonSchemas()))("%s describes every field", (_, text) => {
    expect(undescribed(JSON.parse(text), "")).toEqual([]);
  });

  it.each(Object.entries(jsonSchemas()))("%s says that it is generated", (_, text) => {
    expect(JSON.parse(text).$comment).toBe(
      "Generated from the zod schemas in schema/ by tools/generate-schemas.mjs. Do not edit.",
    );
  });
});

/** Paths of fields without a description. */
function undescribed(schema: unknown, path: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, ...rest } = schema as { properties?: Record<string, { description?: string }> };
  return [
    ...Object.entries(properties).flatMap(([key, field]) => [
      ...(field.description === undefined ? [`${path}.${key}`] : []),
      ...undescribed(field, `${path}.${key}`),
    ]),
    ...Object.entries(rest).flatMap(([key, value]) => undescribed(value, `${path}/${key}`)),
  ];
}
