import { Agent } from "node:https";
import { parseJson, send } from "../http";
import { Undeliverable } from "./objects";

/** How Vault is reached. */
export interface VaultAccess {
  /** URL, such as `https://127.0.0.1:8200`. */
  readonly address: string;
  /** Certificate that signed Vault's, PEM. */
  readonly ca: string;
}

const TIMEOUT_MS = 10_000;

/** Who asks, and as what it logs in. */
export interface Login {
  /** Mount of the Kubernetes auth method, without `auth/`. */
  readonly mount: string;
  readonly role: string;
  /** Token of a service account. */
  readonly jwt: string;
}

interface Answer {
  readonly auth?: { readonly client_token: string };
  readonly data?: { readonly data?: Readonly<Record<string, unknown>> | null } | null;
  readonly errors?: readonly string[];
}

/** The requests that External Secrets sends to Vault. Messages name paths and roles, never a token or a value. */
export class VaultClient {
  private readonly agent: Agent;

  constructor(readonly access: VaultAccess) {
    this.agent = new Agent({ ca: access.ca, keepAlive: true, maxSockets: 4 });
  }

  close(): void {
    this.agent.destroy();
  }

  /** Logs in with a token of a service account and answers with Vault's own. */
  async login({ mount, role, jwt }: Login): Promise<string> {
    const what = `login at auth/${mount} with role ${role}`;
    const { auth } = await this.ask(what, "POST", `auth/${mount}/login`, { body: { role, jwt } });
    if (auth === undefined) throw new Undeliverable(`${what}: Vault answered without a token`);
    return auth.client_token;
  }

  /** Whether a token may look itself up: that is how a store is found valid. */
  async lookUp(token: string): Promise<void> {
    await this.ask("looking the token up", "GET", "auth/token/lookup-self", { token });
  }

  /** The values of a path of a KV version 2 mount. */
  async read(token: string, mount: string, path: string, version?: string): Promise<Readonly<Record<string, unknown>>> {
    const query = version === undefined ? "" : `?version=${encodeURIComponent(version)}`;
    const { data } = await this.ask(`reading ${mount}/data/${path}`, "GET", `${mount}/data/${path}${query}`, { token });
    if (!data?.data) throw new Undeliverable(`reading ${mount}/data/${path}: Secret does not exist`);
    return data.data;
  }

  /** Ends a token; where it may not end itself it expires. */
  async revoke(token: string): Promise<void> {
    await this.ask("revoking", "POST", "auth/token/revoke-self", { token }).catch(() => undefined);
  }

  private async ask(
    what: string,
    method: "GET" | "POST",
    path: string,
    { token, body }: { readonly token?: string; readonly body?: object },
  ): Promise<Answer> {
    const { status, answer } = await this.send(method, path, token, body);
    if (status < 300) return answer;
    const reason = (answer.errors ?? [])
      .map((error) => error.replace(/^1 error occurred:\s*\*\s*/, "").trim())
      .join("; ");
    if (status === 404 && reason === "") throw new Undeliverable(`${what}: Secret does not exist`);
    if (status === 503) throw new Undeliverable(`${what}: ${reason || "Vault is sealed"}`);
    throw new Undeliverable(`${what}: ${reason || "refused"} (${status})`);
  }

  private async send(
    method: string,
    path: string,
    token?: string,
    body?: object,
  ): Promise<{ status: number; answer: Answer }> {
    try {
      const answer = await send({
        url: `${this.access.address}/v1/${path}`,
        agent: this.agent,
        method,
        timeoutMs: TIMEOUT_MS,
        headers: { "x-vault-request": "true", ...(token !== undefined && { "x-vault-token": token }) },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: answer.status, answer: answer.body === "" ? {} : parseJson<Answer>(answer.body) };
    } catch (error) {
      throw new Undeliverable(`Vault does not answer: ${error instanceof Error ? error.message : error}`);
    }
  }
}
