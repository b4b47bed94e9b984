import type { RouteTableProps } from "../../../../../../constructs/access/route-table";
import { FORGED } from "../../forged";
import { sendAgain } from "../../send-again";
import { STRANGER, type World } from "../../world";
import { loginsOf } from "../universe";

/** Addresses from which nobody has connected yet: whoever connects anew is shown the certificate anew. */
const fresh = { edge: 0, machine: 0 };

/** Whether a host can be reached by who has not been there before, and at its own entry point alone. */
export async function doorDeviations(world: World, table: RouteTableProps): Promise<string[]> {
  return [...(await elsewhere(world, table)), ...(await handshake(world, table))];
}

async function handshake(world: World, { host, entryPoint }: RouteTableProps): Promise<string[]> {
  fresh[entryPoint] += 1;
  const count = fresh[entryPoint];
  const address = `${entryPoint === "edge" ? "173.245.49" : "203.0.113"}.${(count % 250) + 2}`;
  try {
    await world.traffic.direct(entryPoint, { address }).send({ host, path: "/" });
    return [];
  } catch (error) {
    return [`${host} has no certificate for who connects anew: ${String(error)}`];
  }
}

/** Rows of a host that answer at the entry point of others. */
async function elsewhere(world: World, table: RouteTableProps): Promise<string[]> {
  const { host, entryPoint, routes } = table;
  const client =
    entryPoint === "edge" ? world.traffic.direct("machine", STRANGER) : world.traffic.proxied("198.51.97.1");
  const logins = loginsOf(table).map((path) => ({ path: `${path}/auth`, method: "GET" }));
  const rows = routes.map(({ path, methods }) => ({ path, method: methods?.[0] ?? "GET" }));
  const found = await Promise.all(
    [...rows, ...logins].map(async ({ path, method }) => {
      const { status } = await sendAgain(client, { host, path, method, headers: FORGED });
      return status === 404 ? [] : [`${method} ${host}${path} answers ${status} at an entry point that is not its own`];
    }),
  );
  return found.flat();
}
