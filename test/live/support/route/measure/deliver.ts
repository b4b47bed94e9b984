import type { Answer } from "../../../../../sandbox/live/traffic";
import { sendAgain } from "../send-again";
import type { World } from "../world";
import type { Limited } from "./limited";

/** What limits are measured at: visitors, each with an address of his own. */
export type Visited = Pick<World, "address" | "visit">;

type Told = Pick<Answer, "id" | "status">;

/** What became of a request: nothing, where whoever refuses a large body ends the connection before it was sent. */
export async function deliver(world: Visited, limited: Limited, address: string, more = {}): Promise<Told> {
  const { table, method, path } = limited;
  try {
    return await sendAgain(world.visit(table, address), { host: table.host, method, path, ...more });
  } catch {
    return { id: "", status: 0 };
  }
}
