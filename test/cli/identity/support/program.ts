import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { reportFailure } from "../../../../cli/failure";
import { registerIdentity } from "../../../../cli/identity";
import type { Session } from "../../../../cli/session";
import type {
  IdentityDocument,
  IdentityProvider,
  WrittenOidcClient,
  WrittenRedirect,
} from "../../../../constructs/core/identity";
import type { FakeVault } from "../../support/fake-vault";
import { fakeSession, type Outcome, type Person, temporaryFolder } from "../../support/session";
import { type FakeCasdoor, SYNC } from "./fake-casdoor";

export const CASDOOR_PATH = "clusters/platform/casdoor";

export const PROVIDER: IdentityProvider = {
  name: "main",
  engine: "casdoor",
  url: "https://sso.acme.example",
  organisation: { name: "acme", displayName: "Acme" },
  domains: ["acme.example"],
  api: { path: CASDOOR_PATH, clientId: "sync_client_id", clientSecret: "sync_client_secret" },
  signIn: { password: true },
};

export const GITHUB = { path: CASDOOR_PATH, clientId: "github_client_id", clientSecret: "github_client_secret" };

/** A client of an environment, or of the platform. */
export function clientOf(name: string, change: Partial<WrittenOidcClient> = {}): WrittenOidcClient {
  return {
    protocol: "oidc",
    provider: "main",
    owner: `l4-apps-test/${name}`,
    name,
    displayName: name,
    redirectUris: [`https://${name}.acme.example/oauth2/callback`],
    sharedRedirects: false,
    postLogoutUris: [],
    groups: ["analytics"],
    claims: ["email", "groups"],
    grantTypes: ["authorization_code", "refresh_token"],
    lifetime: { accessMinutes: 20, refreshMinutes: 720 },
    secret: { path: `secrets/${name}`, key: "client_secret" },
    ...change,
  };
}

/** A gate's client: each host that it guards adds its own redirect URI. */
export const GATE = clientOf("gate-platform-main", { redirectUris: [], sharedRedirects: true, displayName: "Portal" });

/** The redirect URI of a host that the gate guards. */
export function redirectOf(host: string, environment?: string): WrittenRedirect {
  return {
    provider: "main",
    client: GATE.name,
    uri: uriOf(host),
    owner: `l4-apps-${environment ?? "platform"}/${host}`,
    ...(environment !== undefined && { environment }),
  };
}

export function uriOf(host: string): string {
  return `https://${host}.acme.example/oauth2/main/callback`;
}

/** Numbers from 0 to 1 that depend on the seed only (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Writes a synthesized program, as far as the command reads it. */
export function writeIdentity(
  clients: IdentityDocument["clients"],
  providers: readonly object[] = [PROVIDER],
  groups: IdentityDocument["groups"] = [],
  { complete = true, redirects = [] }: Partial<Pick<IdentityDocument, "complete" | "redirects">> = {},
): string {
  const folder = path.join(temporaryFolder(), "cdktf.out");
  mkdirSync(folder, { recursive: true });
  const document = { schemaVersion: 1, complete, mount: "secret", providers, clients, redirects, groups };
  writeFileSync(path.join(folder, "identity.json"), JSON.stringify(document));
  return folder;
}

/** Puts what the clients need into Vault. */
export function fillVault(vault: FakeVault, clients: readonly WrittenOidcClient[]): void {
  vault.put(CASDOOR_PATH, {
    sync_client_id: SYNC.clientId,
    sync_client_secret: SYNC.clientSecret,
    github_client_id: "Iv1.github",
    github_client_secret: "s3cret-of-the-github-app",
  });
  for (const { name, secret } of clients) vault.put(secret.path, { [secret.key]: `s3cret-of-${name}` });
}

/** Words of the command against a double. */
export function wordsOf(command: "sync" | "status", dir: string, casdoor: FakeCasdoor, args: readonly string[] = []) {
  return ["identity", command, "--dir", dir, "--url", casdoor.address, ...args];
}

/** Runs the command in this process, as a person would. */
export async function identity(
  words: readonly string[],
  person: Person,
  change: Partial<Pick<Session, "retry">> = {},
): Promise<Outcome> {
  const { session: usual, lines } = fakeSession(person);
  const session = { ...usual, ...change };
  const program = new Command("strata").exitOverride().configureOutput({
    writeOut: (text) => session.terminal.out(text.trimEnd()),
    writeErr: (text) => session.terminal.err(text.trimEnd()),
  });
  registerIdentity(program, session);
  let code: number;
  try {
    await program.parseAsync([...words], { from: "user" });
    code = session.exitCode;
  } catch (error) {
    code = reportFailure(error, session, words.includes("--json"));
  }
  return { code, out: lines.out.join("\n"), err: lines.err.join("\n"), questions: lines.questions };
}
