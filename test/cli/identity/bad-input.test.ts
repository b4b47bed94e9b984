import { writeFileSync } from "node:fs";
import path from "node:path";
import type { IdentityDocument, WrittenOidcClient } from "../../../constructs/core/identity";
import { createAuthority } from "../support/certificate";
import { FakeVault } from "../support/fake-vault";
import { temporaryFolder } from "../support/session";
import { FakeCasdoor, type FakeCasdoorOptions } from "./support/fake-casdoor";
import {
  CASDOOR_PATH,
  clientOf,
  fillVault,
  GITHUB,
  identity,
  PROVIDER,
  wordsOf,
  writeIdentity,
} from "./support/program";

const grafana = clientOf("grafana", { environment: "staging" });
const openpanel = clientOf("openpanel", { environment: "prod", groups: [] });

let vault: FakeVault;
let casdoor: FakeCasdoor;

async function start(options: FakeCasdoorOptions = {}): Promise<void> {
  vault = await FakeVault.start();
  casdoor = await FakeCasdoor.start(options);
  fillVault(vault, [grafana, openpanel]);
}

async function stop(): Promise<void> {
  await vault.stop();
  await casdoor.stop();
}

beforeEach(() => start());
afterEach(stop);

/** Runs a sync that fails, and gives what it told. */
async function told(
  clients: IdentityDocument["clients"],
  args: readonly string[] = [],
  providers: readonly object[] = [PROVIDER],
): Promise<string> {
  const words = wordsOf("sync", writeIdentity(clients, providers), casdoor, args);
  const { code, out, err } = await identity(words, { env: vault.env });
  expect(code).toBe(1);
  expect(err).not.toMatch(/^\s+at /m);
  for (const value of [...vault.values(), ...casdoor.values()]) {
    if (value.startsWith("s3cret")) expect(out + err).not.toContain(value);
  }
  return err;
}

describe("one clear message", () => {
  it("for a provider that cannot be reached, and nothing else is tried", async () => {
    await casdoor.stop();
    const err = await told([grafana, openpanel]);
    expect(err.match(/cannot be reached: connection refused/g)).toHaveLength(1);
    expect(err).toContain("kubectl -n casdoor port-forward svc/casdoor 8000");
    casdoor = await FakeCasdoor.start();
  });

  it("for a provider that goes away underway", async () => {
    await stop();
    let left = 6;
    await start({ fault: () => (left-- > 0 ? undefined : "refuse") });
    const err = await told([grafana, openpanel]);
    expect(err.match(/cannot be reached/g)).toHaveLength(1);
  });

  it("for wrong credentials", async () => {
    vault.put(CASDOOR_PATH, { sync_client_id: "somebody", sync_client_secret: "s3cret-of-somebody" });
    expect(await told([grafana])).toContain("it does not know the client id and secret, or not as an administrator");
    expect(casdoor.writes).toEqual([]);
  });

  it("for credentials that are not in Vault yet", async () => {
    vault.put(CASDOOR_PATH, { sync_client_id: "strata-identity-sync" });
    expect(await told([grafana])).toContain(
      `${CASDOOR_PATH} has no sync_client_secret yet. Run \`strata secrets sync\` first`,
    );
    expect(casdoor.requests).toEqual([]);
  });

  it("for a client whose secret is not in Vault yet, and the others are made", async () => {
    vault.secrets.delete("secrets/grafana");
    expect(await told([grafana, openpanel])).toContain("client grafana: secrets/grafana has no client_secret yet");
    expect([...casdoor.tables.application.keys()]).toContain("admin/openpanel");
    expect([...casdoor.tables.application.keys()]).not.toContain("admin/grafana");
  });

  it("for a secret that somebody deleted", async () => {
    vault.put("secrets/grafana", null);
    expect(await told([grafana])).toContain("client grafana: secrets/grafana was deleted");
  });

  it("for GitHub without an OAuth app in Vault", async () => {
    const keys = vault.secrets.get(CASDOOR_PATH)?.data ?? {};
    vault.put(CASDOOR_PATH, { ...keys, github_client_id: "" });
    const err = await told([grafana], [], [{ ...PROVIDER, signIn: { password: true, github: GITHUB } }]);
    expect(err).toContain(`sign-in by github: ${CASDOOR_PATH} has no github_client_id yet`);
  });

  it("for a name that belongs to somebody else, which is left as it is", async () => {
    casdoor.put("application", { owner: "admin", name: "grafana", clientId: "theirs", clientSecret: "s3cret-theirs" });
    const before = structuredClone(casdoor.application("grafana"));
    const err = await told([grafana, openpanel]);
    expect(err).toContain("client grafana: is there and was not made by this command. Rename it; or, to hand it over");
    expect(casdoor.application("grafana")).toEqual(before);
    expect([...casdoor.tables.application.keys()]).toContain("admin/openpanel");
  });

  it("and a name that was handed over is taken", async () => {
    casdoor.put("application", {
      owner: "admin",
      name: "grafana",
      clientId: "theirs",
      description: "Kept by strata identity sync for environment staging. Was made by hand.",
      formCss: ".theirs {}",
    });
    const { code } = await identity(wordsOf("sync", writeIdentity([grafana]), casdoor), { env: vault.env });
    expect(code).toBe(0);
    expect(casdoor.application("grafana")).toMatchObject({ clientId: "grafana", formCss: ".theirs {}" });
  });

  it("for a name that another environment has", async () => {
    await identity(wordsOf("sync", writeIdentity([grafana]), casdoor), { env: vault.env });
    const err = await told([{ ...grafana, environment: "prod" }]);
    expect(err).toContain("client grafana: is kept for environment staging, not for environment prod");
  });

  it("for two clients with one redirect URI, before anything is asked", async () => {
    const other: WrittenOidcClient = { ...openpanel, redirectUris: grafana.redirectUris };
    expect(await told([grafana, other])).toContain(
      'clients grafana and openpanel have one redirect URI (found "https://grafana.acme.example/oauth2/callback")',
    );
    expect([...vault.requests, ...casdoor.requests]).toEqual([]);
  });

  it("for two clients of one name", async () => {
    const twice = { ...grafana, owner: "l4-apps-prod/grafana" };
    expect(await told([grafana, twice])).toContain(
      "client main/grafana has 2 owners: l4-apps-test/grafana, l4-apps-prod/grafana",
    );
  });

  it("for a client of a provider that nobody declared", async () => {
    expect(await told([{ ...grafana, provider: "mian" }])).toContain('grafana is of no known provider (found "mian")');
  });

  it("for a SAML client, which is reserved", async () => {
    const { redirectUris: _a, postLogoutUris: _b, grantTypes: _c, lifetime: _d, secret, ...rest } = grafana;
    const saml = {
      ...rest,
      protocol: "saml" as const,
      entityId: "openpanel",
      assertionConsumerUrl: "https://grafana.acme.example/saml",
      metadata: secret,
    };
    expect(await told([saml])).toContain("client grafana: SAML is reserved");
  });

  it("for an environment without a client, with those that have one", async () => {
    expect(await told([grafana, openpanel], ["--environment", "stagin"])).toContain(
      'has no client, group or redirect URI here (found "stagin"). Known are: staging, prod.',
    );
  });

  it("for a program that was not synthesized", async () => {
    const { code, err } = await identity(["identity", "sync", "--dir", "no-such-folder"], { env: vault.env });
    expect(code).toBe(1);
    expect(err).toContain("Run `npm run synth` first, or give --dir.");
  });

  test.each([
    ["http on the way", "http://sso.acme.example"],
    ["a path", "https://sso.acme.example/realms/acme"],
    ["no URL", "sso"],
  ])("for a URL with %s", async (_, url) => {
    const dir = writeIdentity([grafana]);
    const { code, err } = await identity(["identity", "sync", "--dir", dir, "--url", url], { env: vault.env });
    expect(code).toBe(1);
    expect(err).toContain("not the URL of an identity provider");
    expect(vault.requests).toEqual([]);
  });

  it("for a URL when there are two providers", async () => {
    const other = { ...PROVIDER, name: "other" };
    expect(await told([grafana], [], [PROVIDER, other])).toContain("--url\n    there are 2 providers");
  });

  it("for a certificate that is not trusted, until its authority is named", async () => {
    await stop();
    const authority = createAuthority("Acme");
    await start({ tls: authority.issue("sso") });
    expect(await told([grafana])).toMatch(/no trusted connection: .*\. Set STRATA_IDENTITY_CACERT/);
    const file = path.join(temporaryFolder(), "ca.pem");
    writeFileSync(file, authority.certificate);
    const env = { ...vault.env, STRATA_IDENTITY_CACERT: file };
    expect((await identity(wordsOf("sync", writeIdentity([grafana]), casdoor), { env })).code).toBe(0);
  });

  test.each([
    ["STRATA_IDENTITY_CACERT", "package.json", "package.json holds no PEM certificate"],
    ["STRATA_IDENTITY_CACERT", "no-such-file", "no-such-file cannot be read"],
    ["STRATA_IDENTITY_TIMEOUT", "soon", "not a number of seconds"],
  ])("for a %s of %s", async (name, value, text) => {
    const words = wordsOf("sync", writeIdentity([grafana]), casdoor);
    const { code, err } = await identity(words, { env: { ...vault.env, [name]: value } });
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(vault.requests).toEqual([]);
  });
});
