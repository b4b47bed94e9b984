import type { RouteTableProps } from "../../../../constructs/access/route-table";

type TableModule = typeof import("../../../../constructs/access/route-table");

const recorded: RouteTableProps[] = [];

/**
 * The module of route tables, with each table written down as it is made: what a route is tested against is the data it
 * was made from, not what became of it.
 */
export function recordTables(actual: TableModule): TableModule {
  class Recorded extends actual.RouteTable {
    constructor(...[scope, id, props]: ConstructorParameters<typeof actual.RouteTable>) {
      super(scope, id, props);
      recorded.push(props);
    }
  }
  return { ...actual, RouteTable: Recorded };
}

/** The tables that were made since the last time. */
export function takeTables(): readonly RouteTableProps[] {
  return recorded.splice(0);
}
