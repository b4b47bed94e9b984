import type { RouteTableProps } from "../../../../constructs/access/route-table";
import type { Answer, Received, Request } from "../../../../sandbox/live/traffic";
import type { Expected } from "./expected";
import type { World } from "./world";

/** What became of a request: its answer, and who of those behind the proxy saw it. */
export interface Probe {
  readonly answer: Answer;
  readonly received: readonly Received[];
  /** Gates that were asked about it, by host. */
  readonly asked: readonly string[];
}

type Sender = { send(request: Request): Promise<Answer> };

export async function probe(world: World, client: Sender, request: Request): Promise<Probe> {
  const answer = await client.send(request);
  const { journal, network } = world.traffic;
  return { answer, received: journal.of(answer.id), asked: network.askedFor(answer.id).map(({ by }) => by) };
}

/** What became of a request, in words that can be compared. */
export function wordsOf({ answer, received, asked }: Probe, world: World): string {
  const gate = asked.length > 0 ? ", a gate was asked" : "";
  const reached = received.map(({ by, method, path }) => `reaches ${by} as ${method} ${path}`).join(" and ");
  if (reached !== "") return `${reached}${gate}`;
  const { location } = answer.headers;
  return `${answer.status}${location === undefined ? "" : ` to ${nameOfHost(location, world)}`}${gate}`;
}

/** Who asks. */
export type Visitor = "browser" | "script" | "member";

/** What should become of a request, in the same words. */
export function expectedWords(expected: Expected, method: string, visitor: Visitor): string {
  if (expected.outcome === "refused") return "403";
  if (expected.outcome === "nothing") return "404";
  const reached = `reaches ${expected.by} as ${method} ${expected.path}`;
  if (expected.outcome === "passes") return reached;
  if (visitor === "member") return `${reached}, a gate was asked`;
  // A script can't follow a redirect to a login; a page can.
  return visitor === "script" ? "401, a gate was asked" : "302 to the identity provider, a gate was asked";
}

/** The host of an address, or what it is. */
function nameOfHost(location: string, world: World): string {
  const host = URL.parse(location)?.host;
  return host === world.identityHost ? "the identity provider" : (host ?? location);
}

/** Sends all requests at once and answers what became of each, one line for each. */
export async function linesOf(
  world: World,
  table: RouteTableProps,
  requests: readonly Omit<Request, "host">[],
): Promise<string[]> {
  const client = world.visit(table);
  return Promise.all(
    requests.map(async (request) => {
      const done = await probe(world, client, { host: table.host, ...request });
      return `${request.method ?? "GET"} ${request.path}: ${wordsOf(done, world)}`;
    }),
  );
}
