/** docs/routes.md: every row of every route table of the example organisation, as the gateways read it. */
import { type Row, readRoutes } from "../../cli/smoke/program/rows";
import { code, table } from "../secrets-page/table";
import { claimSets } from "./claims";
import { rowCells, TITLES } from "./row";

const INTRODUCTION = `# Routes

<!-- Generated from examples/acme by tools/generate-routes-page.mjs. Do not edit. -->

Generated: every route of the example organisation (\`examples/acme\`), as its tables declare them and as the stacks render
them for the gateways. For another configuration, synthesize it; \`strata smoke <environment>\` checks what is deployed.
`;

const CLASSES = [
  ["Class", "Who gets in", "Anybody else"],
  ["denied", "nobody", "the gateway refuses; should its middleware be missing, by a rule that leads nowhere"],
  ["public", "anybody, on purpose", "-"],
  ["machine", "programs with credentials of their own, which the application checks", "the application refuses"],
  ["gated", "members of the gate's groups", "a page is sent to the login, everything else gets 401"],
];

const RULES = `A gate serves its login on each host that it guards, below \`/oauth2/<gate>/\`: the identity provider sends people back there,
and the session's cookie is that host's own. A page is what asks for \`text/html\`.

Where rows match the same request, the highest priority wins; at equal priority none is of another class. A prefix is the
path and everything below it. A request with a method that a row does not name belongs to the next row. \`OPTIONS\` is named
by no row: a preflight request carries no session, so it reaches the application, which answers it and CORS itself, but for
denied rows. Host names resolve to the entry point's load balancer: \`edge\` admits Cloudflare only, \`machine\` is reached
directly.`;

/**
 * Renders the page of a synthesized program.
 *
 * @param folder - output folder of the program
 */
export function routesPage(folder: string): string {
  const { rows } = readRoutes(folder);
  const hosts = [...new Set(rows.map(({ host }) => host))];
  const claims = claimSets(rows);
  const overview = hosts.map((host) => {
    const own = rows.filter((row) => row.host === host);
    const count = (kind: Row["class"]) => `${own.filter((row) => row.class === kind).length || "-"}`;
    const entryPoints = unique(own.map(({ rendered }) => rendered.entryPoint));
    const stacks = unique(own.map(({ stack }) => stack));
    const counts = (["denied", "public", "machine", "gated"] as const).map(count);
    return [
      `[${code(host)}](#${anchor(host)})`,
      stacks.map(code).join(", "),
      entryPoints.map(code).join(", "),
      ...counts,
    ];
  });
  return [
    INTRODUCTION,
    `## Classes\n\n${table(CLASSES)}\n\n${RULES}\n`,
    `## Hosts\n\n${table([["Host", "Stack", "Entry point", "Denied", "Public", "Machine", "Gated"], ...overview])}\n`,
    `## Headers\n\n${claims.text}\n`,
    ...hosts.map((host) => {
      const own = rows.filter((row) => row.host === host);
      const namespaces = unique(own.map(({ rendered }) => rendered.namespace))
        .map(code)
        .join(", ");
      const cells = own.map((row) => rowCells(row, claims));
      const said = Object.entries(claims.commonHeaders(host)).map(([name, value]) => code(`${name}: ${value}`));
      const common = said.length === 0 ? "" : ` Applications read ${said.join(" and ")}, whatever a client wrote.`;
      return `## ${host}\n\nBackends in ${namespaces.includes(",") ? "namespaces" : "namespace"} ${namespaces}.${common}\n\n${table([TITLES, ...cells])}\n`;
    }),
  ].join("\n");
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

/** As GitHub makes anchors of headings. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w\- ]/g, "");
}
