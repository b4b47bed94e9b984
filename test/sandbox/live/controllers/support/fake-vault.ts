import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { VaultAccess } from "../../../../../sandbox/live/controllers";
import { Authority } from "../../../../../sandbox/live/pki";

/** What a role may do: who logs in with it, and what it reads. */
interface Role {
  readonly jwt: string;
  readonly paths: readonly string[];
}

type Answer = readonly [status: number, body: object];

/** As much of Vault's HTTP API as External Secrets uses: logins of service accounts, a KV mount, tokens. */
export class FakeVault {
  /** Method and path of every request. */
  readonly requests: string[] = [];
  readonly secrets = new Map<string, Record<string, unknown>>();
  readonly roles = new Map<string, Role>();
  /** Tokens that were given and not given back, with their roles. */
  readonly tokens = new Map<string, string>();
  sealed = false;
  /** Whether policies let a token end itself. */
  revocable = true;
  private issued = 0;

  private constructor(
    private readonly server: Server,
    readonly access: VaultAccess,
  ) {}

  static async start(): Promise<FakeVault> {
    const authority = await Authority.create("test");
    const { certificate, key } = await authority.issue({ subject: "CN=vault", hosts: ["127.0.0.1"] });
    const server = createServer({ cert: certificate, key });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const vault = new FakeVault(server, { address: `https://127.0.0.1:${port}`, ca: authority.certificate });
    server.on("request", (request, response) => void vault.handle(request, response));
    return vault;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = (request.url ?? "").replace("/v1/", "");
    this.requests.push(`${request.method} ${path}`);
    await sleep(2);
    const token = String(request.headers["x-vault-token"] ?? "");
    const [status, body] = this.answer(path, Buffer.concat(chunks).toString(), token);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  private answer(path: string, body: string, token: string): Answer {
    if (this.sealed) return [503, { errors: ["Vault is sealed"] }];
    const denied: Answer = [403, { errors: ["1 error occurred:\n\t* permission denied\n\n"] }];
    if (path.startsWith("auth/kubernetes-platform/login")) {
      const { role, jwt } = JSON.parse(body);
      const known = this.roles.get(role);
      if (known === undefined) return [400, { errors: [`invalid role name "${role}"`] }];
      if (known.jwt !== jwt) return [403, { errors: ["service account name not authorized"] }];
      const given = `hvs.token-${++this.issued}`;
      this.tokens.set(given, role);
      return [200, { auth: { client_token: given } }];
    }
    const role = this.roles.get(this.tokens.get(token) ?? "");
    if (role === undefined) return denied;
    if (path === "auth/token/lookup-self") return [200, { data: {} }];
    if (path === "auth/token/revoke-self") {
      if (!this.revocable) return denied;
      this.tokens.delete(token);
      return [204, {}];
    }
    const secret = /^secret\/data\/(.*)$/.exec(path)?.[1] ?? "";
    if (!role.paths.includes(secret)) return denied;
    const data = this.secrets.get(secret);
    return data === undefined ? [404, { errors: [] }] : [200, { data: { data, metadata: { version: 1 } } }];
  }
}
