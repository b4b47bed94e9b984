/** docs/secrets.md: everything that the example organisation keeps secret, as it was declared. */
import { type Declarations, readDeclarations } from "../../cli/secrets/declarations";
import type { SecretReader } from "../../constructs/core/secrets";
import { exceptionsSection } from "./exceptions";
import { kindsTable, sourceOf } from "./kinds";
import { code, table } from "./table";

const INTRODUCTION = `# Secrets

<!-- Generated from examples/acme by tools/generate-secrets-page.mjs. Do not edit. -->

Generated: every secret of the example organisation (\`examples/acme\`), as its constructs declare them. Declarations
have no values; \`strata secrets sync\` gives them theirs in Vault, and External Secrets delivers them. How to rotate one
stands in [runbooks/rotation.md](runbooks/rotation.md). For another configuration, synthesize it and run
\`strata secrets status\`.
`;

/**
 * Renders the page of a synthesized program.
 *
 * @param folder - output folder of the program
 */
export function secretsPage(folder: string): string {
  const declarations = readDeclarations(folder);
  return [
    INTRODUCTION,
    `## Kinds of keys\n\n${kindsTable()}\n`,
    `## Paths\n\nPaths stand below the KV version 2 mount \`${declarations.mount}\`. A reader has a Vault role and a policy of its own, for\nits paths only.\n\n${pathsTable(declarations)}\n`,
    ...declarations.secrets.map(pathSection),
    `## Bootstrap secrets\n\nNeeded before Vault is there: \`strata secrets bootstrap\` writes them straight into Kubernetes, from a variable or a\nquestion.\n\n${bootstrapTable(declarations)}\n`,
    `## What stands in a state\n\nTerraform's states hold no other secret than these. A stack that reads the state of another one keeps a copy of all its\noutputs, so real deployments need an encrypted remote state, and plan files are deleted after use.\n\n${exceptionsSection(folder)}\n`,
  ].join("\n");
}

type Secret = Declarations["secrets"][number];

function pathsTable({ secrets }: Declarations): string {
  const rows = secrets.map(({ path, description, owner, keys }) => [
    `[${code(path)}](#${anchor(path)})`,
    description,
    `${Object.keys(keys).length}`,
    code(owner),
  ]);
  return table([["Path", "What it is", "Keys", "Declared by"], ...rows]);
}

function pathSection({ path, description, owner, keys, readers }: Secret): string {
  const rows = Object.entries(keys).map(([name, key]) => [code(name), key.kind, sourceOf(key)]);
  return [
    `### ${path}\n`,
    `${description}. Declared by ${code(owner)}; read by ${readersText(readers)}.\n`,
    `${table([["Key", "Kind", "Value"], ...rows])}\n`,
  ].join("\n");
}

function readersText(readers: readonly SecretReader[]): string {
  const each = readers.map(
    ({ cluster, namespace, serviceAccount }) => `${code(`${namespace}/${serviceAccount}`)} of cluster ${code(cluster)}`,
  );
  return each.length === 0 ? "nobody but people" : each.join(" and ");
}

function bootstrapTable({ bootstrap }: Declarations): string {
  const rows = bootstrap.flatMap(({ cluster, namespace, name, keys, owner }) =>
    Object.entries(keys).map(([key, { description, environmentVariable }]) => [
      code(cluster),
      code(`${namespace}/${name}`),
      code(key),
      description,
      code(environmentVariable),
      code(owner),
    ]),
  );
  return table([["Cluster", "Kubernetes secret", "Key", "What it is", "Variable", "Declared by"], ...rows]);
}

/** As GitHub makes anchors of headings. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
