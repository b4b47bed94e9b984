import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

type Json = Readonly<Record<string, unknown>>;

/** A status, the answer's body, and headers. */
export type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>];

export const TOKENS = { vultr: "vultr-token-of-the-test", cloudflare: "cloudflare-token", vault: "hvs.vault-token" };

/** Vultr, Cloudflare and Vault on one port, as far as their objects are read. */
export class FakeClouds {
  /** Vultr's lists by path; an object may be anything. */
  vultr: Record<string, Json[]> = {};
  zones: Record<string, string> = { "acme.example": "zone1" };
  records: Json[] = [];
  /** Entry points by phase. */
  rulesets: Record<string, Json> = {};
  /** Vault's tables. */
  mounts: Record<"mounts" | "auth" | "audit", Json> = { mounts: {}, auth: {}, audit: {} };
  readonly requests: string[] = [];
  /** May answer in place of the API. */
  onRequest: (path: string) => Answer | undefined = () => undefined;
  private readonly server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    this.requests.push(`${request.method} ${decodeURIComponent(url.pathname + url.search)}`);
    const [status, body, headers] = this.onRequest(url.pathname) ?? this.answer(url, request);
    if (status === 0) return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });

  static async start(): Promise<FakeClouds> {
    const clouds = new FakeClouds();
    await new Promise<void>((resolve) => clouds.server.listen(0, "127.0.0.1", resolve));
    return clouds;
  }

  get env() {
    const { port } = this.server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    return {
      VULTR_API_URL: `${url}/v2`,
      VULTR_API_KEY: TOKENS.vultr,
      CLOUDFLARE_BASE_URL: `${url}/client/v4`,
      CLOUDFLARE_API_TOKEN: TOKENS.cloudflare,
      VAULT_ADDR: url,
      VAULT_TOKEN: TOKENS.vault,
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(url: URL, request: IncomingMessage): Answer {
    const [, api = "", ...path] = url.pathname.split("/");
    if (api === "v1") return this.vault(path.join("/"), request.headers["x-vault-token"]);
    const { authorization } = request.headers;
    if (api === "v2") {
      if (authorization !== `Bearer ${TOKENS.vultr}`) return [401, { error: "Invalid API token.", status: 401 }];
      return this.page(path.join("/"), url.searchParams.get("cursor"));
    }
    if (authorization !== `Bearer ${TOKENS.cloudflare}`) return failed(403, 9109, "Invalid access token");
    return this.cloudflare(path.slice(1), url.searchParams);
  }

  /** Two objects on a page. */
  private page(path: string, cursor: string | null): Answer {
    const start = Number(cursor ?? 0);
    const all = this.vultr[path];
    const key = KEYS[path.split("/").at(-1) ?? ""];
    if (all === undefined || key === undefined) return [404, { error: "Invalid resource ID", status: 404 }];
    const next = start + 2 < all.length ? String(start + 2) : "";
    return [200, { [key]: all.slice(start, start + 2), meta: { total: all.length, links: { next, prev: "" } } }];
  }

  private cloudflare(path: readonly string[], query: URLSearchParams): Answer {
    const [, zone, part, , phase] = path;
    if (zone === undefined) {
      const id = this.zones[query.get("name") ?? ""];
      return [200, envelope(id === undefined ? [] : [{ id, name: query.get("name") }])];
    }
    if (part === "dns_records") {
      const found = this.records.filter(
        (each) => each.zone_id === zone && each.type === query.get("type") && each.name === query.get("name.exact"),
      );
      // One record on a page.
      const page = Number(query.get("page"));
      return [200, { ...envelope(found.slice(page - 1, page)), result_info: { page, total_pages: found.length } }];
    }
    const ruleset = this.rulesets[phase ?? ""];
    if (ruleset !== undefined) return [200, envelope(ruleset)];
    return failed(404, 10003, `could not find entrypoint ruleset in the ${phase} phase`);
  }

  private vault(path: string, token: unknown): Answer {
    if (token !== TOKENS.vault) return [403, { errors: ["permission denied"] }];
    if (path === "sys/mounts") return [200, { data: this.mounts.mounts }];
    if (path === "sys/auth") return [200, { data: this.mounts.auth }];
    return path === "sys/audit" ? [200, { data: this.mounts.audit }] : [404, { errors: [] }];
  }
}

const KEYS: Readonly<Record<string, string>> = {
  vpcs: "vpcs",
  clusters: "vke_clusters",
  "node-pools": "node_pools",
  firewalls: "firewall_groups",
  rules: "firewall_rules",
  "object-storage": "object_storages",
  bucket: "buckets",
  blocks: "blocks",
};

function envelope(result: unknown) {
  return { success: true, errors: [], messages: [], result };
}

function failed(status: number, code: number, message: string): Answer {
  return [status, { success: false, errors: [{ code, message }], messages: [], result: null }];
}
