import type { Row } from "../../cli/smoke/program/rows";
import { code } from "../secrets-page/table";
import type { ClaimSets } from "./claims";

/** Head of a host's table. */
export const TITLES = [
  "Path",
  "Match",
  "Methods",
  "Class",
  "Gate",
  "Backend",
  "Priority",
  "Limits",
  "Headers and path",
];

/** A row of a host's table. */
export function rowCells(row: Row, claims: ClaimSets): readonly string[] {
  const { path, match, methods, class: kind, rendered } = row;
  const { treatment, backend, priority } = rendered;
  return [
    code(path),
    match,
    methods?.join(", ") ?? "every",
    kind,
    treatment.gate === undefined ? "-" : gateName(treatment.gate),
    backend === undefined ? "none" : code(backend),
    `${priority}`,
    treatment.limits.join(", ") || "-",
    handling(row, claims) || "-",
  ];
}

/** A gate has a namespace of its own, `gate-<name>`, in which Traefik asks it. */
function gateName(address: string): string {
  const name = /\.gate-([a-z0-9-]+)\./.exec(address)?.[1];
  return name === undefined ? code(address) : code(name);
}

function handling(row: Row, claims: ClaimSets): string {
  const { rendered, beside } = row;
  const { treatment } = rendered;
  const { refuses, gateHeaders, answerHeaders, strippedPrefixes, strictTransportSeconds, others } = treatment;
  if (refuses !== undefined) {
    return `refused with ${refuses}${beside.fallback === undefined ? "" : " (fallback 418)"}`;
  }
  const removed = claims.nameOf(treatment);
  return [
    ...(removed === undefined ? [] : [`without ${removed}`]),
    ...Object.entries(claims.ownHeaders(row)).map(([name, value]) => `with ${code(`${name}: ${value}`)}`),
    ...(gateHeaders.length === 0 ? [] : [`from the gate ${gateHeaders.map(code).join(", ")}`]),
    ...strippedPrefixes.map((prefix) => `without prefix ${code(prefix)}`),
    ...(strictTransportSeconds === undefined ? [] : [`HSTS for ${strictTransportSeconds} s`]),
    ...Object.entries(answerHeaders).map(
      ([name, value]) => `answers ${value === "" ? "without" : "with"} ${code(name)}`,
    ),
    ...others.map((kind) => `middleware ${code(kind)}`),
  ].join("; ");
}
