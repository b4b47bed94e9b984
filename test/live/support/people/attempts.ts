import { z } from "zod";
import { askVault, type VaultAddress, type VaultRequest } from "../vault-requests";

const login = z.object({
  auth: z.object({
    client_token: z.string(),
    lease_duration: z.number(),
    policies: z.array(z.string()),
    token_type: z.string(),
  }),
});

/** A login that succeeded. */
export interface Login {
  readonly token: string;
  /** Seconds until it ends. */
  readonly seconds: number;
  readonly policies: readonly string[];
}

/** Logs in with an identity token; what Vault said when it refused. */
export async function logIn(vault: VaultAddress, mount: string, role: string, jwt: string): Promise<Login | string> {
  const { status, body } = await askVault(vault, {
    method: "POST",
    path: `auth/${mount}/login`,
    body: { role, jwt },
  });
  const parsed = login.safeParse(body);
  if (status !== 200 || !parsed.success) return `${status} ${JSON.stringify(body)}`;
  const { client_token: token, lease_duration: seconds, policies } = parsed.data.auth;
  return { token, seconds, policies };
}

/** A version that is never there: were a write allowed, it would still change nothing. */
const NO_VERSION = { data: { probe: "x" }, options: { cas: 1_000_000 } };

/** What somebody may try on a path of the store. */
const ATTEMPTS = {
  read: (path) => ({ method: "GET", path: `secret/data/${path}` }),
  look: (path) => ({ method: "GET", path: `secret/subkeys/${path}?depth=1` }),
  patch: (path) => ({ method: "PATCH", path: `secret/data/${path}`, body: NO_VERSION }),
  history: (path) => ({ method: "GET", path: `secret/metadata/${path}` }),
} as const satisfies Record<string, (path: string) => VaultRequest>;

/** A thing that somebody may try. */
export type Attempt = keyof typeof ATTEMPTS;

/** What of a path a token is allowed, found out by trying. */
export async function allowedOn(vault: VaultAddress, token: string, path: string): Promise<readonly Attempt[]> {
  const allowed: Attempt[] = [];
  for (const attempt of Object.keys(ATTEMPTS) as Attempt[]) {
    const { status } = await askVault(vault, { ...ATTEMPTS[attempt](path), token });
    // A write that Vault would have let through is refused for the version it names.
    if (status !== 403) allowed.push(attempt);
  }
  return allowed;
}
