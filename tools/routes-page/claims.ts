import type { Row } from "../../cli/smoke/program/rows";
import type { Treatment } from "../../cli/smoke/program/treatment";
import { code } from "../secrets-page/table";

/** The sets of headers that routes take off requests: most routes share one. */
export interface ClaimSets {
  /** What each set holds. */
  readonly text: string;
  /** Name of a row's set; `undefined` when nothing is taken off. */
  nameOf(treatment: Treatment): string | undefined;
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
  return { text, nameOf };
}
