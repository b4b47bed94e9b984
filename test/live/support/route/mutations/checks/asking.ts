import { gatePath } from "../../../../../../constructs/access/portal-gate";
import { CLOUDFLARE, nameOf, type Received } from "../../../../../../sandbox/live/traffic";
import { type Expected, expectedOf, rowFor } from "../../expected";
import { FORGED, isForged } from "../../forged";
import { limitedAt } from "../../measure/limited";
import { MEMBER } from "../../people";
import { gatesOf } from "../../program";
import { sendAgain } from "../../send-again";
import type { World } from "../../world";
import { acceptOf, isOfLogin, type Question } from "../universe";

/**
 * From where a request comes: over Cloudflare, by IPv4 or IPv6 (to a machine's entry point everybody comes himself), or
 * from a pod.
 */
export type Way = "ordinary" | "ipv6" | "pod";

/** A question by somebody. */
export interface Asked extends Question {
  readonly member: boolean;
  readonly way: Way;
  /** Whether the middleware that refuses is not there: its rows stay shut. @default false */
  readonly undenied?: boolean;
}

/** Who connects himself: several, because some rows let little of one address come in. */
const DIRECT = { pod: "10.244.0.", ipv6: "2606:4700::" };
const SEVERAL = 31;
/** What Cloudflare is told is the client, for all that asks about rows; limits have clients of their own. */
const FIRST_CLIENT = 11;

/** Asks, with every forged header there is, and says all that is different from what the tables say. */
export class Asking {
  private client = FIRST_CLIENT;

  constructor(private readonly world: World) {}

  /** What deviates, one line each, of all questions. */
  async deviations(asked: readonly Asked[]): Promise<string[]> {
    return (await Promise.all(asked.map((each) => this.deviation(each)))).flat();
  }

  private async deviation(asked: Asked): Promise<string[]> {
    const { world } = this;
    const { table, method, path, page, member, way } = asked;
    const address = this.address();
    const from = way === "ordinary" ? CLOUDFLARE : `${DIRECT[way]}${(this.client % SEVERAL) + 2}`;
    const client =
      way === "ordinary" ? world.visit(table, address) : world.traffic.direct(table.entryPoint, { address: from });
    const cookie = member ? await world.member(table) : "session=forged";
    const said = way === "ipv6" ? saidByCloudflare(address) : {};
    const headers = { ...FORGED, ...said, accept: acceptOf(page), cookie };
    const name = `${way} ${member ? "member" : "stranger"} ${page ? "page" : "script"} ${method} ${table.host}${path}`;
    try {
      const {
        id,
        status,
        headers: answered,
      } = await sendAgain(client, {
        host: table.host,
        method,
        path,
        headers,
      });
      const seen: Seen = {
        from,
        status,
        location: answered.location,
        stored: answered["cloudflare-cdn-cache-control"],
        received: world.traffic.journal.of(id),
        gate: world.traffic.network.askedFor(id),
      };
      if (status === 429 && sharesLimit(asked)) return [];
      return problems(asked, seen, world).map((problem) => `${name}: ${problem}`);
    } catch (error) {
      return [`${name}: no answer, ${String(error)}`];
    }
  }

  private address(): string {
    this.client = this.client > 250 ? FIRST_CLIENT : this.client + 1;
    return `198.51.99.${this.client}`;
  }
}

/** What Cloudflare says of a client, whatever the client says. */
function saidByCloudflare(address: string): Readonly<Record<string, string>> {
  return { "X-Forwarded-Proto": "https", "X-Forwarded-For": address, "Cf-Connecting-Ip": address };
}

/**
 * Whether somebody is counted together with others, so that the questions of one check may be too many: Traefik knows who
 * comes through Cloudflare, and takes all pods that come by themselves for one client.
 */
function sharesLimit(asked: Asked): boolean {
  const { table, method, path, way } = asked;
  const row = rowFor(table, method, path);
  const isLimited = isLogin(asked) || (row !== undefined && limitedAt(table, row, method, path)?.rate !== undefined);
  return way === "pod" && isLimited;
}

interface Seen {
  /** Who connected. */
  readonly from: string;
  readonly status: number;
  readonly location: string | undefined;
  readonly stored: string | string[] | undefined;
  readonly received: readonly Received[];
  /** What gates were asked because of it. */
  readonly gate: readonly Received[];
}

/** What the table says of a question; the pages of a gate stand on its host, too. */
export function expectedAt(question: Question): Expected {
  const { table, method, path } = question;
  const [gate] = gatesOf(table).filter(({ name }) => path.startsWith(`${gatePath(name)}/`));
  return gate !== undefined && isLogin(question)
    ? { outcome: "passes", by: nameOf(gate), path }
    : expectedOf(table, method, path);
}

/** Whether a gate itself answers, on the host of what it guards. */
function isLogin(question: Question): boolean {
  return ["GET", "HEAD"].includes(question.method) && isOfLogin(question);
}

function problems(asked: Asked, seen: Seen, world: World): string[] {
  const expected = expectedAt(asked);
  return [
    ...outcomeProblems(asked, expected, seen, world),
    ...seen.received.flatMap(({ headers }) => headerProblems(asked, headers)),
    ...seen.gate.flatMap((each) => gateProblems(asked, each, seen.from)),
  ];
}

function outcomeProblems(
  { method, page, member, undenied }: Asked,
  expected: Expected,
  seen: Seen,
  world: World,
): string[] {
  const reached = seen.received.map(({ by, method: verb, path }) => `${verb} ${path} at ${by}`).join(" and ");
  const is = `${seen.status}, ${seen.gate.length} gates, reached: ${reached}`;
  const wanted = (status: string, gates: number, at = ""): string[] => {
    const should = `${status === "" ? seen.status : status}, ${gates} gates, reached: ${at}`;
    return is === should ? [] : [`${is}; not ${should}`];
  };
  if (expected.outcome === "refused") return wanted(undenied ? "418" : "403", 0);
  if (expected.outcome === "nothing") return wanted("404", 0);
  const there = `${method} ${expected.path} at ${expected.by}`;
  // What is open may be kept, and a preflight has nothing to keep.
  const told = seen.stored === undefined ? [] : [`a cache is told ${seen.stored} of what is open`];
  if (expected.outcome === "passes") return [...wanted("", 0, there), ...told];
  const stored = seen.stored === "no-store" ? [] : ["a cache may keep what is behind a gate"];
  if (member) return [...wanted("200", 1, there), ...stored, ...memberProblems(seen)];
  if (!page) return [...wanted("401", 1), ...stored];
  const elsewhere = URL.parse(seen.location ?? "")?.host === world.identityHost ? [] : [`sent to ${seen.location}`];
  return [...wanted("302", 1), ...elsewhere, ...stored];
}

/** The application is told who somebody is, and no more of him. */
function memberProblems({ received }: Seen): string[] {
  return received.flatMap(({ headers }) => {
    const told = [headers["x-auth-request-user"], headers["x-auth-request-email"], headers["x-auth-request-groups"]];
    return told.join() === [MEMBER.name, MEMBER.email, undefined].join() ? [] : [`told ${told.join()}`];
  });
}

/** Names that no client may set, and nobody sets on the way. */
const NEVER = Object.keys(FORGED).filter(
  (name) => !/^x-forwarded-(host|proto|port|server|prefix)$|^x-real-ip$/i.test(name),
);

function headerProblems(asked: Asked, headers: Received["headers"]): string[] {
  const { table, path, method, member, way } = asked;
  const edge = table.entryPoint === "edge";
  const gated = member && expectedAt(asked).outcome === "gated";
  const may = [...(edge ? ["cf-connecting-ip"] : []), ...(gated ? TOLD : [])];
  const claims = NEVER.filter((name) => headers[name.toLowerCase()] !== undefined && !may.includes(name.toLowerCase()));
  const facts = edge && (headers["x-forwarded-host"] !== table.host || headers["x-forwarded-port"] !== "443");
  const row = isLogin(asked) ? undefined : rowFor(table, method, path);
  const prefix = row !== undefined && "stripPrefix" in row ? row.stripPrefix : undefined;
  return [
    ...claims.map((name) => `${name} reached it`),
    ...forgedIn(headers, way).map((name) => `a forged ${name} reached it`),
    ...(facts ? [`told host ${headers["x-forwarded-host"]}:${headers["x-forwarded-port"]}`] : []),
    ...(headers["x-forwarded-prefix"] === prefix ? [] : [`told the prefix ${headers["x-forwarded-prefix"]}`]),
  ];
}

const TOLD = ["x-auth-request-user", "x-auth-request-email"];

function forgedIn(headers: Received["headers"], way: Way): string[] {
  // Who connects himself says in Cloudflare's name what he likes; nobody but Cloudflare and the cluster can.
  return Object.keys(FORGED).filter(
    (name) => isForged(headers[name.toLowerCase()]) && !(way !== "ordinary" && name === "Cf-Connecting-Ip"),
  );
}

/** A gate is told what was asked for by Traefik alone. */
function gateProblems({ table, method, path, way }: Asked, { headers }: Received, from: string): string[] {
  const told = ["method", "uri", "host", "proto", "for"].map((name) => headers[`x-forwarded-${name}`]).join(" ");
  const wanted = [method, path, table.host, "https", from].join(" ");
  return [
    ...(told === wanted ? [] : [`the gate was told ${told}, not ${wanted}`]),
    ...forgedIn(headers, way).map((name) => `a forged ${name} reached the gate`),
  ];
}
