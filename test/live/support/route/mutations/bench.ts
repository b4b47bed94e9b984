import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject, type JsonObject } from "../../../../../constructs/core/json";
import { at } from "../../../../helpers/releases";
import { sendAgain } from "../send-again";
import type { World } from "../world";
import type { Mutant } from "./mutant";

const NAMESPACE = "mutations";
/** Longest time until Traefik has to serve what the API server has. */
const TAKEN_WITHIN_MS = 15_000;
/** The same after something that it choked on: it tries again after longer and longer pauses. */
const RECOVERED_WITHIN_MS = 90_000;
const AGAIN_MS = 8;

/** Traefik does not serve what the API server has: it chokes on something. */
export class NotTaken extends Error {}

/**
 * Puts mutants in the place of rendered objects and says when Traefik has them: after each change, a route and a
 * middleware of its own are changed as well, and objects of a kind arrive in their order.
 */
export class Bench {
  private turn = 0;

  constructor(private readonly world: World) {}

  /** Does something while a mutant is in its object's place. */
  async during<T>({ object, mutated }: Mutant, work: () => Promise<T>): Promise<T> {
    const { objects } = this.world.traffic;
    const taken = async (): Promise<T> => {
      await this.taken(object);
      return work();
    };
    if (mutated === undefined) return objects.without(object, taken);
    await objects.apply([mutated]);
    try {
      return await taken();
    } finally {
      await objects.apply([object]);
    }
  }

  /** Waits until Traefik takes changes again, after an object that it choked on was put right. */
  recovered(object: JsonObject): Promise<void> {
    return this.taken(object, RECOVERED_WITHIN_MS);
  }

  /** Waits until Traefik has what was changed before. @throws NotTaken */
  private async taken(object: JsonObject, withinMs = TAKEN_WITHIN_MS): Promise<void> {
    this.turn += 1;
    const turn = String(this.turn);
    await this.world.traffic.objects.apply(marks(turn));
    // Over a host that the change has nothing to do with, where it is asked whether it was taken.
    const table = this.world.table(({ namespace }) => namespace !== at(object, "metadata", "namespace"));
    const client = this.world.visit(table, "198.51.98.1");
    for (const until = Date.now() + withinMs; Date.now() < until; await sleep(AGAIN_MS)) {
      const answer = await sendAgain(client, { host: table.host, path: `/.mutation/${turn}` }).catch(() => undefined);
      if (answer?.headers["x-mutation"] === turn) return;
    }
    throw new NotTaken(`Traefik did not take change ${turn} within ${withinMs} ms.`);
  }
}

function marks(turn: string): JsonObject[] {
  const metadata = { name: "mark", namespace: NAMESPACE };
  const middleware = { headers: { customResponseHeaders: { "X-Mutation": turn } } };
  const route = {
    kind: "Rule",
    match: `Path(\`/.mutation/${turn}\`)`,
    priority: 1_000_000,
    middlewares: [{ name: "mark" }],
    services: [{ kind: "TraefikService", name: "noop@internal" }],
  };
  const apiVersion = "traefik.io/v1alpha1";
  return [
    { apiVersion, kind: "Middleware", metadata, spec: middleware },
    { apiVersion, kind: "IngressRoute", metadata, spec: { entryPoints: ["edge", "machine"], routes: [route] } },
  ];
}

/** Whether an object is one that mutants are made of. */
export function isMutated(object: JsonObject): boolean {
  return isJsonObject(object) && ["IngressRoute", "Middleware", "ServersTransport"].includes(String(object.kind));
}
