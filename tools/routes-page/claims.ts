import type { Row } from "../../cli/smoke/program/rows";
import type { Treatment } from "../../cli/smoke/program/treatment";
import { code } from "../secrets-page/table";

/** The sets of headers that routes take off requests: most routes share one. */
export interface ClaimSets {
  /** What each set holds. */
  readonly text: string;
  /** Name of a row's set; `undefined` when nothing is taken off. */
  nameOf(treatment: Treatment): string | undefined;
  /** Headers that every request of a host carries, as in `X-Forwarded-Port: 443`. */
  commonHeaders(host: string): Readonly<Record<string, string>>;
  /** Headers that a row's requests carry beside those. */
  ownHeaders(row: Row): Readonly<Record<string, string>>;
}

/** Names each set of removed headers once, so that a table can refer to it. */
export function claimSets(rows: readonly Row[]): ClaimSets {
  const keyOf = ({ removedHeaders }: Treatment) => [...removedHeaders].sort().join(", ");
  const keys = [...new Set(rows.map(({ rendered }) => keyOf(rendered.treatment)))].filter((key) => key !== "");
  const nameOf = (treatment: Treatment) => {
    const index = keys.indexOf(keyOf(treatment));
    return index < 0 ? undefined : `C${index + 1}`;
  };
  const sets = keys.map((key, index) => `- **C${index + 1}**: ${key.split(", ").map(code).join(", ")}`);
  const text =
    keys.length === 0
      ? "No header is taken off a request."
      : `Headers that claim an identity or an address are taken off before anything else sees them; nobody outside may set\nthem. The tables name the set:\n\n${sets.join("\n")}`;
  const commonHeaders = (host: string) => {
    const open = rows.filter((row) => row.host === host && row.class !== "denied");
    const [first, ...others] = open.map(({ rendered }) => rendered.treatment.setHeaders);
    return entries(first, ([name, value]) => others.every((headers) => headers[name] === value));
  };
  const ownHeaders = ({ host, rendered: { treatment } }: Row) => {
    const common = commonHeaders(host);
    return entries(treatment.setHeaders, ([name, value]) => common[name] !== value);
  };
  return { text, nameOf, commonHeaders, ownHeaders };
}

function entries(
  headers: Readonly<Record<string, string>> = {},
  kept: (entry: readonly [name: string, value: string]) => boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(kept));
}
