import type { World } from "../world";
import { bodyProblems } from "./body";
import { conclusive } from "./flood";
import type { Limited } from "./limited";
import { rateProblems } from "./rate";

/** Whether a limit is what its row says: how many at once, how many later, of whom, and how large. */
export async function limitDeviations(world: World, limited: Limited): Promise<string[]> {
  const { method, table, path, rate, maxBodyBytes } = limited;
  const found = [
    ...(maxBodyBytes === undefined ? [] : await bodyProblems(world, limited, maxBodyBytes)),
    ...(rate === undefined ? [] : await conclusive(() => rateProblems(world, limited, rate))),
  ];
  return found.map((problem) => `${method} ${table.host}${path}: ${problem}`);
}
