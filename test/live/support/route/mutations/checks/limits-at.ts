import type { RouteTableProps } from "../../../../../../constructs/access/route-table";
import { rowFor } from "../../expected";
import { type Limited, limitedAt, limitedOf } from "../../measure/limited";
import type { Question } from "../universe";

/**
 * What the rows of some questions say of limits, at the very paths of the questions. Of rows that say the same, one: a
 * mutant that takes the requests of all of them treats them all alike.
 */
export function limitsAt(tables: readonly RouteTableProps[], questions: readonly Question[]): readonly Limited[] {
  const all = limitedOf(tables);
  const found = new Map<string, Limited>();
  for (const { table, path, method } of questions) {
    const own = all.find((each) => each.table === table && each.path === path && each.method === method);
    const row = rowFor(table, method, path);
    const limited = own ?? (row !== undefined ? limitedAt(table, row, method, path) : undefined);
    if (limited === undefined) continue;
    // What is asked before a request may be answered by another rule.
    const kind = JSON.stringify([table.host, limited.rate, limited.maxBodyBytes, method === "OPTIONS"]);
    if (!found.has(kind)) found.set(kind, limited);
  }
  return [...found.values()];
}
