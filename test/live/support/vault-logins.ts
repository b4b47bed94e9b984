import { z } from "zod";
import type { Declarations } from "../../../cli/secrets/declarations";
import { vaultNames } from "../../../constructs/core/names";
import type { SecretReader } from "../../../constructs/core/secrets";
import { readersOf } from "../../../constructs/vault/readers";
import type { ClusterConnection } from "../../../sandbox/clusters/driver";
import { serviceAccountToken } from "./service-account-tokens";
import { askVault, type VaultAddress, type VaultRequest } from "./vault-requests";

/** What the proof is made on. */
export interface LoginsOptions {
  /** Filled: every declared path is there. */
  readonly vault: VaultAddress;
  /** What the program declares, as `readDeclarations` reads it from its folder. */
  readonly secrets: Pick<Declarations, "mount" | "secrets">;
  /** By the name of each cluster. Namespaces and service accounts of all readers are there. */
  readonly clusters: ReadonlyMap<string, ClusterConnection>;
}

/** One thing that a reader tried. */
export interface LoginRow {
  /** Role that was logged in with: one for each cluster, namespace and service account. */
  readonly reader: string;
  /** What was tried, as in `read staging/openpanel`. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/** Longest time in seconds for which a login may be good. */
const LONGEST_LOGIN = 600;
const BOTH = [vaultNames.audience, vaultNames.apiAudience];

const login = z.object({
  auth: z.object({
    client_token: z.string(),
    lease_duration: z.number(),
    policies: z.array(z.string()),
  }),
});

/**
 * Logs in to Vault as every reader that the program declares, with a real token of its service account, and tries what
 * it may do and what it may not.
 */
export async function proveLogins(options: LoginsOptions): Promise<readonly LoginRow[]> {
  const readers = readersOf(options.secrets.secrets);
  const rows: LoginRow[] = [];
  const tokens: Tokens = new Map();
  for (const { reader, paths } of readers) {
    const others = readers.map((each) => each.reader).filter((other) => other !== reader);
    const proof = new ReaderProof(options, reader, tokens);
    await proof.isRefusedToStrangers(others);
    await proof.opensOnly(paths);
    rows.push(...proof.rows);
  }
  return rows;
}

/** The rows whose outcome is not the expected one. */
export function unexpected(rows: readonly LoginRow[]): readonly LoginRow[] {
  return rows.filter(({ expected, got }) => expected !== got);
}

/** Tokens of service accounts that were asked for already. */
type Tokens = Map<string, Promise<string>>;

class ReaderProof {
  readonly rows: LoginRow[] = [];
  private readonly role: string;

  constructor(
    private readonly options: LoginsOptions,
    private readonly reader: SecretReader,
    private readonly tokens: Tokens,
  ) {
    this.role = vaultNames.reader(reader.cluster, reader.namespace, reader.serviceAccount);
  }

  /** Nobody but the service account itself gets in with its role, nor does it with a token for somebody else. */
  async isRefusedToStrangers(others: readonly SecretReader[]): Promise<void> {
    for (const other of others) {
      const what = `log in as ${other.cluster}/${other.namespace}/${other.serviceAccount}`;
      await this.expectNoLogin(what, other, BOTH);
    }
    await this.expectNoLogin(
      "log in as the namespace's default account",
      { ...this.reader, serviceAccount: "default" },
      BOTH,
    );
    await this.expectNoLogin("log in with a token that is not for Vault", this.reader, [vaultNames.apiAudience]);
    await this.expectNoLogin("log in with a token that the API server does not take", this.reader, [
      vaultNames.audience,
    ]);
  }

  /** With its own token it reads its own paths and does nothing else. */
  async opensOnly(own: readonly string[]): Promise<void> {
    const { mount, secrets } = this.options.secrets;
    const { status, body } = await this.logIn(this.reader, BOTH);
    this.note("log in", "allowed", verdict(status));
    const parsed = login.safeParse(body);
    if (!parsed.success) return;
    const { client_token: token, lease_duration: seconds, policies } = parsed.data.auth;
    this.note("policies of the login", this.role, policies.join(", "));
    this.note("time of the login", "short", seconds > 0 && seconds <= LONGEST_LOGIN ? "short" : `${seconds} s`);
    const attempt = async (expected: string, what: string, request: Omit<VaultRequest, "token">): Promise<void> => {
      this.note(what, expected, verdict((await this.ask({ ...request, token })).status));
    };
    for (const { path } of secrets) {
      const expected = own.includes(path) ? "allowed" : "denied";
      await attempt(expected, `read ${path}`, { method: "GET", path: `${mount}/data/${path}` });
    }
    for (const path of own) {
      // A version that is never there: were the write allowed, it would still change nothing.
      const body = { data: {}, options: { cas: 1_000_000 } };
      await attempt("denied", `write ${path}`, { method: "POST", path: `${mount}/data/${path}`, body });
      await attempt("denied", `patch ${path}`, { method: "PATCH", path: `${mount}/data/${path}`, body });
      await attempt("denied", `list ${path}`, { method: "LIST", path: `${mount}/metadata/${path}` });
      await attempt("denied", `read the history of ${path}`, { method: "GET", path: `${mount}/metadata/${path}` });
    }
    await attempt("denied", `list ${mount}`, { method: "LIST", path: `${mount}/metadata` });
    await attempt("denied", "read a policy", { method: "GET", path: `sys/policies/acl/${this.role}` });
    await attempt("denied", "make a token", { method: "POST", path: "auth/token/create", body: {} });
    await attempt("allowed", "look at its token", { method: "GET", path: "auth/token/lookup-self" });
    await attempt("allowed", "give its token back", { method: "POST", path: "auth/token/revoke-self" });
    await attempt("denied", "use a token that was given back", { method: "GET", path: "auth/token/lookup-self" });
  }

  private async expectNoLogin(what: string, account: SecretReader, audiences: readonly string[]): Promise<void> {
    this.note(what, "denied", verdict((await this.logIn(account, audiences)).status));
  }

  /** Logs in with this reader's role and the token of any account. */
  private async logIn(account: SecretReader, audiences: readonly string[]) {
    const jwt = await this.tokenOf(account, audiences);
    const path = `auth/${vaultNames.authMount(this.reader.cluster)}/login`;
    return this.ask({ method: "POST", path, body: { role: this.role, jwt } });
  }

  private tokenOf(account: SecretReader, audiences: readonly string[]): Promise<string> {
    const cluster = this.options.clusters.get(account.cluster);
    if (cluster === undefined) throw new Error(`There is no cluster ${account.cluster}.`);
    const key = [account.cluster, account.namespace, account.serviceAccount, ...audiences].join(" ");
    const token = this.tokens.get(key) ?? serviceAccountToken(cluster, account, audiences);
    this.tokens.set(key, token);
    return token;
  }

  private ask(request: VaultRequest) {
    return askVault(this.options.vault, request);
  }

  private note(path: string, expected: string, got: string): void {
    this.rows.push({ reader: this.role, path, expected, got });
  }
}

function verdict(status: number): string {
  if (status === 200 || status === 204) return "allowed";
  return status === 403 ? "denied" : `status ${status}`;
}
