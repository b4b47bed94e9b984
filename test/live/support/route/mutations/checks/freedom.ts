import { deliver } from "../../measure/deliver";
import { conclusive, Flood } from "../../measure/flood";
import { limitedOf } from "../../measure/limited";
import type { World } from "../../world";
import type { Question } from "../universe";

/** More at once, and more in one body, than any row takes that has a limit. */
function plentyOf(world: World): { readonly requests: number; readonly bytes: number } {
  const limited = limitedOf(world.rendered.tables);
  const rates = limited.flatMap(({ rate }) => (rate === undefined ? [] : [(rate.burst + rate.average) * 1.2]));
  const sizes = limited.map(({ maxBodyBytes = 0 }) => maxBodyBytes);
  return { requests: Math.ceil(Math.max(0, ...rates)), bytes: Math.max(0, ...sizes) + 1 };
}

/** Whether a row that says nothing of limits has none. */
export async function freedomDeviations(world: World, question: Question): Promise<string[]> {
  const { table, method, path, page } = question;
  const headers = { accept: page ? "text/html" : "*/*", cookie: await world.member(table) };
  const free = { table, method, path };
  const { requests, bytes } = plentyOf(world);
  const at = await conclusive(() => new Flood(world, free).through(requests, headers));
  const { id } = await deliver(world, free, world.address(), { headers, body: Buffer.alloc(bytes, "x") });
  const name = `${method} ${table.host}${path}`;
  return [
    ...(at === requests ? [] : [`${name}: only ${at} of ${requests} at once go through`]),
    ...(world.traffic.journal.of(id).length === 1 ? [] : [`${name}: a body of ${bytes} bytes does not reach it`]),
  ];
}
