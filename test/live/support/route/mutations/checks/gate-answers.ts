import type { RouteTableProps } from "../../../../../../constructs/access/route-table";
import { gatesOf } from "../../program";
import { sendAgain } from "../../send-again";
import type { World } from "../../world";

/** Most that is read of a gate's answer. */
const MOST_BYTES = 65_536;

/** Whether answers of a gate are read up to their limit, and none above it. */
export async function gateAnswerDeviations(world: World, table: RouteTableProps, page: boolean): Promise<string[]> {
  const [row] = table.routes.filter((each) => each.class === "gated");
  const found: string[] = [];
  for (const { name } of gatesOf(table)) {
    const gate = world.rendered.gates.find((each) => each.name === name);
    for (const bytes of [MOST_BYTES, MOST_BYTES + 1]) {
      const { status } = await world.traffic.network.during(
        gate?.host ?? "",
        { kind: "answers", status: 403, bytes },
        () =>
          sendAgain(world.visit(table, "198.51.96.1"), {
            host: table.host,
            path: row?.path ?? "/",
            headers: { accept: page ? "text/html" : "*/*" },
          }),
      );
      if ((status === 403) !== bytes <= MOST_BYTES)
        found.push(`an answer of ${bytes} bytes of gate ${name}: ${status}`);
    }
  }
  return found;
}
