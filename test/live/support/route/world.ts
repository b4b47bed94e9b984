import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RouteTableProps } from "../../../../constructs/access/route-table";
import { EmbeddedClusters } from "../../../../sandbox/clusters/embedded";
import { Servers } from "../../../../sandbox/live/servers";
import {
  type Answer,
  type Client,
  type Person,
  type ProxiedClient,
  startTraffic,
  type Traffic,
} from "../../../../sandbox/live/traffic";
import { requireTools } from "../../../../sandbox/tools/find";
import { clusterSpec } from "../../cluster-support";
import { until } from "../until";
import { Browser } from "./browser";
import { type RenderedCluster, renderCluster } from "./program";

/** Who can log in at the provider of the tests. */
export const MEMBER: Person = { name: "maria", email: "maria@acme.example", groups: ["analytics", "others"] };
export const OUTSIDER: Person = { name: "otto", email: "otto@acme.example", groups: ["others"] };

/** Somebody outside of everything that is trusted. */
export const STRANGER = { address: "203.0.113.7" };

const TOOLS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "traefik"];

/** The central cluster of the example, with its real routes and real traffic. */
export class World {
  readonly rendered: RenderedCluster = renderCluster("acme", "platform");
  private readonly folder = mkdtempSync(path.join(tmpdir(), "strata-route-"));
  private readonly servers = new Servers();
  private clusters: EmbeddedClusters | undefined;
  private running: Traffic | undefined;
  private addresses = 10;
  private loggedIn: Promise<Browser> | undefined;

  /** The table of the application. */
  get application(): RouteTableProps {
    return this.table((each) => each.routes.some((route) => route.class === "gated"));
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
    const tools = requireTools(TOOLS);
    const { servers, folder, rendered } = this;
    this.clusters = new EmbeddedClusters({ folder: path.join(folder, "clusters"), servers, tools });
    const spec = clusterSpec("route");
    const connection = await this.clusters.create(spec);
    const kubeconfig = this.clusters.running()[0]?.kubeconfig ?? "";
    const { proxy, gates, destinations, identity } = rendered;
    this.running = await startTraffic({
      servers,
      traefik: tools.get("traefik") ?? "",
      oauth2Proxy: process.env.STRATA_TOOL_OAUTH2_PROXY,
      connection,
      kubeconfig,
      folder,
      proxy,
      gates,
      destinations,
      rendered: rendered.objects,
      identity: { destination: identity, people: [MEMBER, OUTSIDER] },
    });
    // Traefik reads routes, Services and certificates one after the other.
    await Promise.all(rendered.tables.map((table) => this.served(table)));
  }

  private async served(table: RouteTableProps): Promise<void> {
    const asked = { host: table.host, path: table.routes.at(-1)?.path ?? "/", method: "OPTIONS" };
    let last = "nothing";
    const ask = async () => {
      try {
        const { status } = await this.visit(table).send(asked);
        last = String(status);
        return status !== 404 && status !== 503;
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
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An ordinary visitor of a host: behind Cloudflare where the host is, with an address that nobody else has. */
  visit({ entryPoint }: RouteTableProps, address = this.address()): Client | ProxiedClient {
    return entryPoint === "edge" ? this.traffic.proxied(address) : this.traffic.direct(entryPoint, STRANGER);
  }

  /** An address of a client that no request came from yet: limits count by it. */
  address(): string {
    this.addresses += 1;
    return `198.51.${Math.floor(this.addresses / 250) + 100}.${(this.addresses % 250) + 1}`;
  }

  /** A browser in which nobody has logged in. */
  browser(): Browser {
    const client = this.traffic.proxied(this.address());
    return new Browser((request) => client.send(request));
  }

  /** Host of the identity provider. */
  get identityHost(): string {
    const issuer = /^oidc_issuer_url = "(.+)"$/m.exec(this.rendered.gates[0]?.toml ?? "")?.[1];
    return new URL(issuer ?? "https://nobody.invalid").host;
  }

  /** The cookies that a member of the gates' groups has for a host: he logs in once. */
  async member({ host }: RouteTableProps): Promise<string> {
    this.loggedIn ??= this.logIn(MEMBER);
    return (await this.loggedIn).cookiesFor(`https://${host}/`);
  }

  /** A browser in which somebody logged in. */
  async logIn(person: Person): Promise<Browser> {
    const browser = this.browser();
    const { host } = this.application;
    const page = await browser.logIn(`https://${host}/`, person.name);
    if (page.url.host !== host) throw new Error(`The login of ${person.name} ended with ${page.status}: ${page.body}`);
    return browser;
  }

  /** Who received a request behind the proxy. */
  received({ id }: Answer) {
    return this.traffic.journal.of(id);
  }
}
