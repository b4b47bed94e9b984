import { FakeVault } from "../support/fake-vault";
import type { Outcome } from "../support/session";
import { FakeCasdoor, type FakeCasdoorOptions, type Row } from "./support/fake-casdoor";
import { clientOf, fillVault, GITHUB, identity, PROVIDER, wordsOf, writeIdentity } from "./support/program";

const client = clientOf("grafana", { environment: "staging" });

let vault: FakeVault;
let casdoor: FakeCasdoor;

async function start(options: FakeCasdoorOptions = {}): Promise<void> {
  vault = await FakeVault.start();
  casdoor = await FakeCasdoor.start(options);
  fillVault(vault, [client]);
}

afterEach(async () => {
  await vault.stop();
  await casdoor.stop();
});

function sync(args: readonly string[] = [], providers: readonly object[] = [PROVIDER], one = client): Promise<Outcome> {
  return identity(wordsOf("sync", writeIdentity([one], providers), casdoor, args), { env: vault.env });
}

/** Makes everything, spoils it, and syncs again. */
async function mended(spoil: Row): Promise<Row> {
  await start();
  await sync();
  Object.assign(casdoor.application("grafana"), spoil);
  expect((await sync()).code).toBe(0);
  expect((await sync(["--dry-run"])).code).toBe(0);
  return casdoor.application("grafana");
}

describe("a trap of Casdoor's", () => {
  test.each([
    ["no token format, with which no token is issued", { tokenFormat: "" }, { tokenFormat: "JWT-Custom" }],
    ["tokens of zero hours, which have ended", { expireInHours: 0 }, { expireInHours: 20 / 60 }],
    ["refresh tokens of zero hours", { refreshExpireInHours: 0 }, { refreshExpireInHours: 12 }],
    ["sessions of zero hours, which means a month", { cookieExpireInHours: 0 }, { cookieExpireInHours: 12 }],
    ["no list of sign-up items, with which the page stays white", { signupItems: null }, { signupItems: [] }],
    [
      "no sign-in methods, with which it chooses some",
      { signinMethods: null },
      { signinMethods: [{ name: "Password", displayName: "Password", rule: "All" }] },
    ],
    ["an application that others' organisations share", { isShared: true }, { isShared: false }],
    [
      "nobody is remembered, and each host of a gate asks for the password",
      { enableSigninSession: false },
      { enableSigninSession: true },
    ],
    ["guests", { enableGuestSignin: true }, { enableGuestSignin: false }],
  ])("is mended: %s", async (_, spoil, right) => {
    expect(await mended(spoil)).toMatchObject(right);
  });

  it("is avoided: whole objects are replaced, so what is not sent would be lost", async () => {
    const own = await mended({ redirectUris: [], cert: "cert-of-acme", order: 3, tokenSigningMethod: "RS512" });
    expect(own).toMatchObject({ cert: "cert-of-acme", order: 3, tokenSigningMethod: "RS512" });
  });

  it("is avoided: tokens hold the declared claims and not the whole account, which no cookie could carry", async () => {
    await start();
    await sync();
    expect(casdoor.application("grafana").tokenAttributes).toEqual([
      { name: "email", category: "Existing Field", value: "Email", type: "String" },
      { name: "groups", category: "Existing Field", value: "Groups", type: "String" },
    ]);
  });

  it("is avoided: an empty list comes back as null, and is no difference", async () => {
    await start();
    await sync();
    casdoor.application("grafana").tokenFields = null;
    expect((await sync(["--dry-run"])).code).toBe(0);
  });

  it("is avoided: hours with a fraction come back rounded, and are no difference", async () => {
    await start();
    await sync();
    casdoor.application("grafana").expireInHours = 0.33333333;
    expect((await sync(["--dry-run"])).code).toBe(0);
  });

  it("is avoided: one list serves for coming back and for going after sign-out", async () => {
    await start();
    const postLogoutUris = ["https://grafana.acme.example/signed-out", ...client.redirectUris];
    await sync([], [PROVIDER], { ...client, postLogoutUris });
    expect(casdoor.application("grafana").redirectUris).toEqual([...client.redirectUris, postLogoutUris[0]]);
  });

  it("is seen: wrong credentials are taken for none, and everybody may read a masked application", async () => {
    await start();
    await sync();
    const before = structuredClone(casdoor.tables);
    casdoor.row("application", "admin/app-built-in").clientSecret = "s3cret-that-was-rotated";
    const { code, err } = await sync();
    expect(code).toBe(1);
    expect(err).toContain("it does not know the client id and secret, or not as an administrator");
    expect(casdoor.tables.application.get("admin/grafana")).toEqual(before.application.get("admin/grafana"));
  });

  it("is seen: credentials that end underway turn what is read into masks, which would be written back", async () => {
    await start();
    await sync();
    const before = structuredClone(casdoor.application("grafana"));
    casdoor.onRequest = (line) => {
      if (line.startsWith("GET get-application ")) casdoor.application("app-built-in").clientSecret = "s3cret-of-later";
    };
    const { code, err } = await sync();
    expect(code).toBe(1);
    expect(err).toContain("client grafana: it does not let us get-application");
    expect(casdoor.application("grafana")).toEqual(before);
  });

  it("is seen: a provider is found by its name, whoever owns it", async () => {
    await start();
    const content = "Kept by strata identity sync for the platform.";
    casdoor.put("provider", { owner: "acme", name: "strata-github", clientSecret: "s3cret-theirs", content });
    const { code, err } = await sync([], [{ ...PROVIDER, signIn: { password: true, github: GITHUB } }]);
    expect(code).toBe(1);
    expect(err).toContain("sign-in by github: is there and was not made by this command");
    expect(casdoor.tables.provider.size).toBe(1);
  });

  it("is seen: an error comes with status 200", async () => {
    await start({ fault: ({ action }) => (action === "add-application" ? "database" : undefined) });
    const { code, err } = await sync();
    expect(code).toBe(1);
    expect(err).toContain("client grafana: it could not add-application: driver: bad connection");
    // It may pass, so it was tried several times.
    expect(casdoor.writes.filter((line) => line.includes("add-application"))).toHaveLength(5);
  });

  it("is avoided: a message that quotes what was sent is told without the secret", async () => {
    await start({ fault: ({ action }) => (action === "add-application" ? "quote" : undefined) });
    const { code, err } = await sync();
    expect(code).toBe(1);
    expect(err).toContain("client grafana: it refused to add-application: no such value: [secret]");
    expect(err).not.toContain("s3cret");
  });

  it("is seen: a page of HTML comes with status 200", async () => {
    await start({ fault: ({ action }) => (action === "get-applications" ? "page" : undefined) });
    const { code, err } = await sync();
    expect(code).toBe(1);
    expect(err).toContain("it gave an answer to get-applications that is not Casdoor's (status 200)");
  });

  it("is seen: a client id that another application has is told as 'ok, unaffected'", async () => {
    await start();
    casdoor.put("application", { owner: "admin", name: "metrics", clientId: "grafana", clientSecret: "s3cret-x" });
    const { code, err } = await sync();
    expect(code).toBe(1);
    expect(err).toContain("its application metrics has the client id grafana already");
  });

  it("is seen: what the database does not take is told as 'ok, unaffected'", async () => {
    await start();
    const redirectUris = Array.from(
      { length: 20 },
      (_, index) => `https://grafana.acme.example/${index}/${"x".repeat(40)}`,
    );
    const { code, err } = await sync([], [PROVIDER], { ...client, redirectUris });
    expect(code).toBe(1);
    expect(err).toMatch(/application grafana: redirectUris has \d+ characters, and Casdoor keeps 1000/);
  });

  it("is seen: a group's name is known once in all of Casdoor", async () => {
    await start();
    casdoor.put("group", { owner: "built-in", name: "analytics" });
    const { code, err } = await sync();
    expect(code).toBe(1);
    expect(err).toContain(
      "group analytics: its organisation built-in has a group analytics, and it knows each name once",
    );
    expect(casdoor.tables.group.has("acme/analytics")).toBe(false);
  });

  it("is waited for: a read after a write may show what was there before", async () => {
    await start({ stale: 2 });
    expect((await sync()).code).toBe(0);
    expect(casdoor.application("grafana").clientId).toBe("grafana");
  });

  it("is seen: a field that this version takes and forgets", async () => {
    await start({ forgets: ["tokenAttributes"] });
    const { code, err } = await sync();
    expect(code).toBe(1);
    expect(err).toContain("client grafana: the provider took it and still shows something else in tokenAttributes");
  });

  it("is avoided: a secret that it masks is not compared, and is sent once in each run", async () => {
    await start({ masked: true });
    const providers = [{ ...PROVIDER, signIn: { password: true, github: GITHUB } }];
    expect((await sync([], providers)).code).toBe(0);
    casdoor.row("provider", "admin/strata-github").clientSecret = "s3cret-of-before";
    casdoor.requests.splice(0);
    expect((await sync([], providers)).code).toBe(0);
    expect(casdoor.writes).toEqual(["POST update-provider admin/strata-github"]);
    expect(casdoor.row("provider", "admin/strata-github").clientSecret).toBe("s3cret-of-the-github-app");
  });

  it("is avoided: a hashed master password that is given back would be hashed once more", async () => {
    await start();
    await sync();
    const own = casdoor.row("organization", "admin/acme");
    Object.assign(own, { masterPassword: "$2a$10$hash", dcrPolicy: "open", passwordType: "plain", favicon: "x.ico" });
    expect((await sync()).code).toBe(0);
    expect(casdoor.row("organization", "admin/acme")).toMatchObject({
      masterPassword: "$2a$10$hash",
      dcrPolicy: "disabled",
      passwordType: "bcrypt",
      favicon: "x.ico",
    });
  });

  it("is seen: there is no check-and-set, so a change between reading and writing is looked for", async () => {
    await start();
    await sync();
    casdoor.application("grafana").enableSignUp = true;
    let reads = 0;
    casdoor.onRequest = (line) => {
      // Somebody saves the page after the first look.
      if (line === "GET get-application admin/grafana" && ++reads === 2) casdoor.application("grafana").order = 9;
    };
    expect((await sync()).code).toBe(0);
    expect(casdoor.application("grafana")).toMatchObject({ enableSignUp: false, order: 9 });
    expect(reads).toBe(5);
  });
});
