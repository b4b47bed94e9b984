import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gatePath } from "../../../../constructs/access/portal-gate";
import type { RouteTableProps } from "../../../../constructs/access/route-table";
import { EmbeddedClusters } from "../../../../sandbox/clusters/embedded";
import { PROGRAM_NAMES } from "../../../../sandbox/clusters/embedded/programs";
import { Servers } from "../../../../sandbox/live/servers";
import {
  type Answer,
  type Client,
  type Gate,
  type ProxiedClient,
  startTraffic,
  type Traffic,
} from "../../../../sandbox/live/traffic";
import { requireTools } from "../../../../sandbox/tools/find";
import { at } from "../../../helpers/releases";
import { clusterSpec } from "../../cluster-support";
import { findProgram } from "../programs";
import { until } from "../until";
import { Browser } from "./browser";
import { MEMBER, peopleOf } from "./people";
import { gatesOf, type RenderedCluster, renderCluster } from "./program";

/** Somebody outside of everything that is trusted. */
export const STRANGER = { address: "203.0.113.7" };

/** Programs of the distribution that the world needs. */
export const PROGRAMS = ["redis-server"] as const;

/** A cluster of an example, with its real routes and real traffic. */
export class World {
  readonly rendered: RenderedCluster;
  private folder: string | undefined;
  private readonly servers = new Servers();
  private clusters: EmbeddedClusters | undefined;
  private running: Traffic | undefined;
  private addresses = 10;
  private readonly members = new Map<string, Promise<Browser>>();

  /** @param cluster by default the one that carries the most */
  constructor(example: "acme" | "minimal" = "acme", cluster = "platform") {
    this.rendered = renderCluster(example, cluster);
  }

  /** The table of the application: it has rows of several classes. */
  get application(): RouteTableProps {
    return this.table(({ routes }) =>
      ["gated", "public", "denied"].every((name) => routes.some((row) => row.class === name)),
    );
  }

  /** The gate of the application. */
  get gate(): Gate {
    return this.gateNamed(gatesOf(this.application)[0]?.name ?? "");
  }

  private gateNamed(name: string): Gate {
    const found = this.rendered.gates.find((gate) => gate.name === name);
    if (found === undefined) throw new Error(`The cluster has no gate ${name}.`);
    return found;
  }

  /** Every table with a row behind a gate. */
  get gated(): readonly RouteTableProps[] {
    return this.rendered.tables.filter((table) => gatesOf(table).length > 0);
  }

  /** The first table that has something. */
  table(has: (table: RouteTableProps) => boolean): RouteTableProps {
    const found = this.rendered.tables.find(has);
    if (found === undefined) throw new Error("No table of the example has what this test looks for.");
    return found;
  }

  get traffic(): Traffic {
    if (this.running === undefined) throw new Error("The world was not started.");
    return this.running;
  }

  async start(): Promise<void> {
    const tools = requireTools([...PROGRAM_NAMES, "traefik", "oauth2-proxy"]);
    const program = (name: string): string => tools.get(name) ?? findProgram(name) ?? name;
    const { servers, rendered } = this;
    const folder = mkdtempSync(path.join(tmpdir(), "strata-route-"));
    this.folder = folder;
    this.clusters = new EmbeddedClusters({ folder: path.join(folder, "clusters"), servers, tools });
    const spec = clusterSpec("route");
    const connection = await this.clusters.create(spec);
    const kubeconfig = this.clusters.running()[0]?.kubeconfig ?? "";
    const { proxy, gates, destinations, identity, document } = rendered;
    this.running = await startTraffic({
      servers,
      programs: {
        traefik: program("traefik"),
        oauth2Proxy: program("oauth2-proxy"),
        redisServer: program("redis-server"),
      },
      connection,
      kubeconfig,
      folder,
      proxy,
      gates,
      destinations,
      rendered: rendered.objects,
      identity: { destination: identity, document, people: peopleOf(rendered) },
    });
    // Traefik reads routes, Services and certificates one after the other.
    await Promise.all(rendered.tables.map((table) => this.served(table)));
  }

  private async served(table: RouteTableProps): Promise<void> {
    let last = "nothing";
    const row = { host: table.host, path: table.routes.at(-1)?.path ?? "/", method: "OPTIONS" };
    const rowAnswers = async () => {
      const { status } = await this.visit(table).send(row);
      last = String(status);
      return status !== 404 && status !== 503;
    };
    const loginAnswers = async (gate: string) => {
      const answer = await this.visit(table).send({ host: table.host, path: `${gatePath(gate)}/auth` });
      last = `${answer.status} from the login`;
      return this.received(answer).length > 0;
    };
    const ask = async () => {
      try {
        const logins = await Promise.all(gatesOf(table).map(({ name }) => loginAnswers(name)));
        return (await rowAnswers()) && logins.every((answers) => answers);
      } catch (error) {
        last = String(error);
        return false;
      }
    };
    await until(ask, 20_000).catch(() => {
      const log = readFileSync(this.traffic.traefik.log, "utf8").trim().split("\n").slice(-10).join("\n");
      throw new Error(`Traefik does not serve ${table.host}: ${last}\n${log}`);
    });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    await this.clusters?.stop();
    await this.servers.stop();
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  /** An ordinary visitor of a host: behind Cloudflare where the host is, with an address that nobody else has. */
  visit({ entryPoint }: Pick<RouteTableProps, "entryPoint">, address = this.address()): Client | ProxiedClient {
    return entryPoint === "edge" ? this.traffic.proxied(address) : this.traffic.direct(entryPoint, STRANGER);
  }

  /** An address of a client that no request came from yet: limits count by it. */
  address(): string {
    this.addresses += 1;
    const [most, more, least] = [16, 8, 0].map((bits) => (this.addresses >> bits) & 255);
    // From the block for measurements on, which nobody has: https://www.rfc-editor.org/rfc/rfc2544#appendix-C.2.2
    return `198.${18 + Number(most)}.${more}.${least}`;
  }

  /** A browser in which nobody has logged in. */
  browser(): Browser {
    const client = this.traffic.proxied(this.address());
    return new Browser((request) => client.send(request));
  }

  /** Host of the identity provider. */
  get identityHost(): string {
    return new URL(this.rendered.document.providers[0]?.url ?? "https://nobody.invalid").host;
  }

  /** Name of the cookie in which a host keeps the session of a gate. */
  cookieOf(gate: string): string {
    const toml = String(at(this.gateNamed(gate).proxy, "config", "configFile"));
    return /^cookie_name = "(.+)"$/m.exec(toml)?.[1] ?? "";
  }

  /** The cookies of a member of the gates' groups: he logs in once on each host; what has no gate gets another host's. */
  async member(table: RouteTableProps): Promise<string> {
    const own = this.gated.includes(table) ? table : this.application;
    const known = this.members.get(own.host) ?? this.logIn(MEMBER, own);
    this.members.set(own.host, known);
    return (await known).cookiesFor(`https://${own.host}/`);
  }

  /** Does something while a gate has no session store; everybody has to log in again after it. */
  async withoutSessions<T>(gate: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.traffic.withoutSessions(gate, work);
    } finally {
      this.members.clear();
    }
  }

  /** A browser in which somebody logged in to a host. */
  async logIn(person: { readonly name: string }, { host } = this.application): Promise<Browser> {
    const browser = this.browser();
    const page = await browser.logIn(`https://${host}/`, person.name);
    if (page.url.host !== host || page.status !== 200) {
      throw new Error(`The login of ${person.name} ended with ${page.status} at ${page.url.href}: ${page.body}`);
    }
    return browser;
  }

  /** Who received a request behind the proxy. */
  received({ id }: Answer) {
    return this.traffic.journal.of(id);
  }
}
