import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { reportFailure } from "../../../../cli/failure";
import { registerIdentity } from "../../../../cli/identity";
import type { IdentityDocument, IdentityProvider, WrittenOidcClient } from "../../../../constructs/core/identity";
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
    postLogoutUris: [],
    groups: ["analytics"],
    claims: ["email", "groups"],
    grantTypes: ["authorization_code", "refresh_token"],
    lifetime: { accessMinutes: 20, refreshMinutes: 720 },
    secret: { path: `secrets/${name}`, key: "client_secret" },
    ...change,
  };
}

/** Writes a synthesized program, as far as the command reads it. */
export function writeIdentity(
  clients: IdentityDocument["clients"],
  providers: readonly object[] = [PROVIDER],
  groups: IdentityDocument["groups"] = [],
): string {
  const folder = path.join(temporaryFolder(), "cdktf.out");
  mkdirSync(folder, { recursive: true });
  const document = { schemaVersion: 1, mount: "secret", providers, clients, groups };
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
export async function identity(words: readonly string[], person: Person): Promise<Outcome> {
  const { session, lines } = fakeSession(person);
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
