import type { WrittenOidcClient } from "../../../constructs/core/identity";
import { FakeVault } from "../support/fake-vault";
import type { Outcome } from "../support/session";
import { FakeCasdoor, type FakeCasdoorOptions } from "./support/fake-casdoor";
import { clientOf, fillVault, GITHUB, identity, PROVIDER, wordsOf, writeIdentity } from "./support/program";

const gate = clientOf("gate-platform-main", { displayName: "Portal" });
const grafana = clientOf("grafana", { environment: "staging", groups: ["analytics", "operators"] });
const prod = clientOf("openpanel-prod", { environment: "prod", groups: ["support"] });
const CLIENTS = [gate, grafana, prod];

let vault: FakeVault;
let casdoor: FakeCasdoor;

async function start(options: FakeCasdoorOptions = {}): Promise<void> {
  vault = await FakeVault.start();
  casdoor = await FakeCasdoor.start(options);
  fillVault(vault, CLIENTS);
}

afterEach(async () => {
  await vault.stop();
  await casdoor.stop();
});

async function sync(
  clients: readonly WrittenOidcClient[] = CLIENTS,
  args: readonly string[] = [],
  providers: readonly object[] = [PROVIDER],
): Promise<Outcome> {
  const outcome = await identity(wordsOf("sync", writeIdentity(clients, providers), casdoor, args), { env: vault.env });
  for (const value of [...vault.values(), ...casdoor.values()].filter((each) => each.startsWith("s3cret"))) {
    expect(outcome.out + outcome.err).not.toContain(value);
  }
  return outcome;
}

describe("strata identity sync", () => {
  it("makes the organisation, its groups and an application for each client", async () => {
    await start();
    const { code, out, err } = await sync();
    expect(code).toBe(0);
    expect(err).toContain("7 created, 0 updated, 0 kept.");
    expect(out).toMatch(/client +grafana +staging +created/);
    expect([...casdoor.tables.group.keys()]).toEqual(["acme/analytics", "acme/operators", "acme/support"]);
    expect(casdoor.row("organization", "admin/acme")).toMatchObject({
      displayName: "Acme",
      passwordType: "bcrypt",
      dcrPolicy: "disabled",
      isProfilePublic: false,
    });
    expect(casdoor.application("grafana")).toMatchObject({
      organization: "acme",
      description: "Kept by strata identity sync for environment staging.",
      clientId: "grafana",
      clientSecret: "s3cret-of-grafana",
      redirectUris: ["https://grafana.acme.example/oauth2/callback"],
      grantTypes: ["authorization_code", "refresh_token"],
      enableSignUp: false,
    });
  });

  it("writes nothing the second time, and asks for nothing twice", async () => {
    await start();
    await sync();
    const before = structuredClone(casdoor.tables);
    casdoor.requests.splice(0);
    const { code, err } = await sync();
    expect(code).toBe(0);
    expect(err).toContain("0 created, 0 updated, 7 kept.");
    expect(casdoor.tables).toEqual(before);
    expect(casdoor.requests).toHaveLength(8);
    expect(casdoor.writes).toEqual([]);
  });

  it("sets the fields that it owns, and keeps every other one", async () => {
    await start();
    await sync();
    const own = casdoor.application("grafana");
    Object.assign(own, {
      redirectUris: ["https://evil.example/callback"],
      enableSignUp: true,
      // None of these is its affair.
      formCss: ".login {}",
      logo: "https://cdn.acme.example/grafana.svg",
      disableSignin: true,
      failedSigninLimit: 7,
      tags: ["staff"],
      description: `${own.description} Ask Ada.`,
    });
    const { code, out } = await sync();
    expect(code).toBe(0);
    expect(out).toMatch(/client +grafana +staging +updated +redirectUris, enableSignUp/);
    expect(casdoor.application("grafana")).toMatchObject({
      redirectUris: ["https://grafana.acme.example/oauth2/callback"],
      enableSignUp: false,
      formCss: ".login {}",
      logo: "https://cdn.acme.example/grafana.svg",
      disableSignin: true,
      failedSigninLimit: 7,
      tags: ["staff"],
      description: "Kept by strata identity sync for environment staging. Ask Ada.",
    });
  });

  it("brings another secret of Vault to the provider, after a rotation", async () => {
    await start();
    await sync();
    vault.put("secrets/grafana", { client_secret: "s3cret-after-rotation" });
    const { out } = await sync();
    expect(out).toMatch(/client +grafana +staging +updated +clientSecret\n/);
    expect(casdoor.application("grafana").clientSecret).toBe("s3cret-after-rotation");
  });

  it("works on the clients of one environment alone, and on what they need", async () => {
    await start();
    const { code, out } = await sync(CLIENTS, ["--environment", "staging"]);
    expect(code).toBe(0);
    expect(out).not.toContain("openpanel-prod");
    expect([...casdoor.tables.application.keys()]).toEqual(["admin/app-built-in", "admin/grafana"]);
    expect([...casdoor.tables.group.keys()]).toEqual(["acme/analytics", "acme/operators"]);
    expect(vault.requests.filter((line) => line.includes("openpanel-prod"))).toEqual([]);
  });

  it("makes groups that no client names, each with the environment that needs it", async () => {
    await start();
    const groups = [
      { provider: "main", name: "owners", environment: "staging" },
      { provider: "main", name: "operators" },
    ];
    const words = (...args: string[]) => wordsOf("sync", writeIdentity([], [PROVIDER], groups), casdoor, args);
    expect((await identity(words("--environment", "staging"), { env: vault.env })).code).toBe(0);
    expect([...casdoor.tables.group.keys()]).toEqual(["acme/owners"]);
    expect((await identity(words(), { env: vault.env })).code).toBe(0);
    expect([...casdoor.tables.group.keys()]).toEqual(["acme/owners", "acme/operators"]);
  });

  it("deletes nothing: what nobody declares any more stays as it is", async () => {
    await start();
    await sync();
    const before = structuredClone(casdoor.application("openpanel-prod"));
    expect((await sync([gate])).code).toBe(0);
    expect(casdoor.application("openpanel-prod")).toEqual(before);
  });

  it("shows with --dry-run what it would do, writes nothing and ends with 2", async () => {
    await start();
    const { code, out, err } = await sync(CLIENTS, ["--dry-run"]);
    expect(code).toBe(2);
    expect(out).toMatch(/client +grafana +staging +would be created/);
    expect(err).toContain("7 would be created");
    expect(casdoor.writes).toEqual([]);
    await sync();
    expect((await sync(CLIENTS, ["--dry-run"])).code).toBe(0);
    casdoor.application("grafana").isShared = true;
    const changed = await sync(CLIENTS, ["--dry-run"]);
    expect(changed.code).toBe(2);
    expect(changed.out).toMatch(/client +grafana +staging +would be updated +isShared/);
  });

  it("prints JSON without values", async () => {
    await start();
    const { out } = await sync([grafana], ["--json"]);
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      dryRun: false,
      providers: [{ name: "main", engine: `Casdoor at ${casdoor.address}` }],
      objects: [
        { kind: "organisation", name: "acme", action: "created", fields: [] },
        { kind: "group", name: "analytics", action: "created", fields: [] },
        { kind: "group", name: "operators", action: "created", fields: [] },
        { kind: "client", name: "grafana", environment: "staging", action: "created", fields: [] },
      ],
      summary: { created: 4, updated: 0, kept: 0 },
      problems: [],
    });
  });

  it("tells a person in front of a terminal what is done, while it is done", async () => {
    await start();
    const dir = writeIdentity([grafana]);
    const { err } = await identity(wordsOf("sync", dir, casdoor), { env: vault.env, answers: [] });
    expect(err).toContain("organisation acme: created\ngroup analytics: created");
  });

  it("sends credentials in a header only: what stands in a URL is logged on the way", async () => {
    await start();
    await sync();
    expect(casdoor.requests.join("\n")).not.toContain("s3cret");
    expect(casdoor.requests.join("\n")).not.toContain("strata-identity-sync");
  });
});

describe("signing in", () => {
  const withGithub = { ...PROVIDER, signIn: { password: false, github: GITHUB } };

  it("by GitHub opens accounts of the same mail address, and makes none", async () => {
    await start();
    expect((await sync([gate], [], [withGithub])).code).toBe(0);
    expect(casdoor.row("provider", "admin/strata-github")).toMatchObject({
      category: "OAuth",
      type: "GitHub",
      clientId: "Iv1.github",
      clientSecret: "s3cret-of-the-github-app",
    });
    expect(casdoor.application(gate.name)).toMatchObject({
      enablePassword: false,
      // No item would mean ways of Casdoor's own choice.
      signinMethods: [{ name: "WebAuthn" }],
      providers: [{ name: "strata-github", canSignUp: false, canSignIn: true, bindingRule: ["Email"], rule: "None" }],
    });
    expect((await sync([gate], ["--dry-run"], [withGithub])).code).toBe(0);
  });

  it("by password is a method of its own, and GitHub's item goes when it is not offered any more", async () => {
    await start();
    await sync([gate], [], [withGithub]);
    const own = casdoor.application(gate.name);
    own.providers = [{ owner: "admin", name: "captcha", rule: "Dynamic" }, ...(own.providers as object[])];
    expect((await sync([gate])).code).toBe(0);
    expect(casdoor.application(gate.name)).toMatchObject({
      enablePassword: true,
      signinMethods: [{ name: "Password", rule: "All" }],
      providers: [{ name: "captcha", rule: "Dynamic" }],
    });
  });

  it("by GitHub gets another secret of Vault too", async () => {
    await start();
    await sync([gate], [], [withGithub]);
    casdoor.row("provider", "admin/strata-github").clientSecret = "s3cret-of-before";
    const { out } = await sync([gate], [], [withGithub]);
    expect(out).toMatch(/sign-in +github +- +updated +clientSecret/);
    expect(casdoor.row("provider", "admin/strata-github").clientSecret).toBe("s3cret-of-the-github-app");
  });
});
