import type { World } from "../world";
import { deliver } from "./deliver";
import type { Limited } from "./limited";

/** Whether a body reaches who it is for up to its limit, and not one byte above it. */
export async function bodyProblems(world: World, limited: Limited, most: number): Promise<string[]> {
  const reached = async (size: number): Promise<boolean> => {
    const { id } = await deliver(world, limited, world.address(), { body: Buffer.alloc(size, "x") });
    return world.traffic.journal.of(id).length > 0;
  };
  if (!(await reached(most))) return [`a body of ${most} bytes does not reach it`];
  return (await reached(most + 1)) ? [`a body of ${most + 1} bytes reaches it`] : [];
}
