/**
 * What is generated from the schemas: the JSON Schemas that editors use, and the field tables of README.md. Run
 * `npm run generate:schemas` after a change; a test and `--check` fail while they are out of date.
 */
import * as z from "zod/mini";
import { clusterSettings } from "./cluster";
import { fieldRows, type Rows } from "./docs/fields";
import { environmentSchema } from "./environment";
import { platformSchema } from "./platform";
import { profileSchema } from "./profiles";

const GENERATED = "Generated from the zod schemas in schema/ by tools/generate-schemas.mjs. Do not edit.";

/** The JSON Schemas by file name. */
export function jsonSchemas(): Readonly<Record<string, string>> {
  return {
    "platform.schema.json": jsonSchema(platformSchema(), "Strata: platform.yaml"),
    "environment.schema.json": jsonSchema(environmentSchema(), "Strata: environments/<name>.yaml"),
  };
}

/** The README with its tables brought up to date: they stand between `<!-- fields:x -->` and `<!-- end -->`. */
export function withTables(readme: string): string {
  return readme.replaceAll(/(<!-- fields:(\w+) -->\n)[\s\S]*?(<!-- end -->)/g, (whole, open, name: string, close) => {
    const rows = TABLES[name];
    return rows === undefined ? whole : `${open}\n${table(rows())}\n${close}`;
  });
}

const CLUSTER_KEYS = () => Object.keys(clusterSettings());

/** Fields that several documents share stand in one table; the others point there. */
const TABLES: Readonly<Record<string, () => Rows>> = {
  platform: () =>
    fieldRows(schemaOf(platformSchema()), {
      omit: { "clusters.<name>": [CLUSTER_KEYS(), "All [settings of a cluster](#settings-of-a-cluster)."] },
      see: { "profiles.<name>": "See [a profile](#a-profile)." },
    }),
  cluster: () => fieldRows(schemaOf(z.strictObject(clusterSettings())), { alike: { components: "<component>" } }),
  profile: () =>
    fieldRows(schemaOf(profileSchema()), {
      see: {
        cluster: "All [settings of a cluster](#settings-of-a-cluster).",
        "environment.placement": "As in [an environment](#an-environment).",
        "environment.hosts": "As in [an environment](#an-environment).",
        "environment.data": "As in [an environment](#an-environment).",
        "environment.backups": "As in [an environment](#an-environment).",
        "environment.apps": "As in [an environment](#an-environment).",
      },
    }),
  environment: () =>
    fieldRows(schemaOf(environmentSchema()), {
      omit: {
        placement: [CLUSTER_KEYS(), "With `type: dedicated`, all [settings of a cluster](#settings-of-a-cluster)."],
      },
    }),
};

function jsonSchema(schema: z.ZodMiniType, title: string): string {
  const { $schema, ...rest } = schemaOf(schema);
  return `${JSON.stringify({ $schema, $comment: GENERATED, title, ...rest }, null, 2)}\n`;
}

function schemaOf(schema: z.ZodMiniType) {
  // Draft 7: the one that YAML editors support in full.
  return z.toJSONSchema(schema, { target: "draft-7", io: "input" });
}

/** A table as the formatter leaves it: every column as wide as its widest cell. */
function table(rows: Rows): string {
  const cells = [
    ["Field", "Value", "Default", "Meaning"],
    ...rows.map(({ path, value, otherwise, description }) => [`\`${path}\``, value, otherwise, description]),
  ].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  const rule = widths.map((width) => "-".repeat(width));
  return `${[head, rule, ...body].map(line).join("\n")}\n`;
}
