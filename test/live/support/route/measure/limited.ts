import { gatePath } from "../../../../../constructs/access/portal-gate";
import type { Route, RouteTableProps } from "../../../../../constructs/access/route-table";
import { isOpen } from "../expected";
import { gatesOf } from "../program";

/** How many requests a second a row takes of one client, and how many at once. */
export interface Rate {
  readonly average: number;
  readonly burst: number;
}

/** What may come of one client, where a limit is. */
export interface Limited {
  readonly table: Pick<RouteTableProps, "host" | "entryPoint">;
  readonly method: string;
  readonly path: string;
  readonly rate?: Rate;
  readonly maxBodyBytes?: number;
}

/** The pages of a gate ask its session store, so one client may ask for so many of them. */
const LOGIN_RATE = { average: 20, burst: 40 };

/** All that is limited, by the tables; and the pages of the gates. */
export function limitedOf(tables: readonly RouteTableProps[]): Limited[] {
  return tables.flatMap((table) => [
    ...table.routes.flatMap((row): Limited[] => {
      const limited = limitedAt(table, row, row.methods?.[0] ?? "GET", row.path);
      return limited === undefined ? [] : [limited];
    }),
    ...gatesOf(table).map(({ name }) => ({ table, path: `${gatePath(name)}/auth`, method: "GET", rate: LOGIN_RATE })),
  ]);
}

/** What a row says of limits, at one of its paths; undefined where it has none. */
export function limitedAt(table: RouteTableProps, row: Route, method: string, path: string): Limited | undefined {
  if (!isOpen(row)) return undefined;
  const { rateLimit: rate, maxBodyBytes } = row;
  return rate === undefined && maxBodyBytes === undefined ? undefined : { table, path, method, rate, maxBodyBytes };
}
