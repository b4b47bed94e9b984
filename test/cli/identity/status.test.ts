import type { WrittenOidcClient } from "../../../constructs/core/identity";
import { FakeVault } from "../support/fake-vault";
import type { Outcome } from "../support/session";
import { FakeCasdoor } from "./support/fake-casdoor";
import { clientOf, fillVault, identity, wordsOf, writeIdentity } from "./support/program";

const gate = clientOf("gate-platform-main");
const grafana = clientOf("grafana", { environment: "staging" });
const openpanel = clientOf("openpanel", { environment: "prod" });
const CLIENTS = [gate, grafana, openpanel];

let vault: FakeVault;
let casdoor: FakeCasdoor;

beforeEach(async () => {
  vault = await FakeVault.start();
  casdoor = await FakeCasdoor.start();
  fillVault(vault, CLIENTS);
});

afterEach(async () => {
  await vault.stop();
  await casdoor.stop();
});

async function status(clients: readonly WrittenOidcClient[], args: readonly string[] = []): Promise<Outcome> {
  const outcome = await identity(wordsOf("status", writeIdentity(clients), casdoor, args), { env: vault.env });
  for (const value of casdoor.values()) expect(outcome.out + outcome.err).not.toContain(value);
  expect(casdoor.writes).toEqual([]);
  return outcome;
}

async function made(): Promise<void> {
  await identity(wordsOf("sync", writeIdentity(CLIENTS), casdoor), { env: vault.env });
  casdoor.requests.splice(0);
}

describe("strata identity status", () => {
  it("ends with 2 when something is missing, and says how to make it", async () => {
    const { code, out, err } = await status(CLIENTS);
    expect(code).toBe(2);
    expect(out).toMatch(/client +grafana +staging +missing/);
    expect(err).toContain("0 right, 5 missing, 0 different.\nNext: strata identity sync");
  });

  it("ends with 0 when all is right", async () => {
    await made();
    const { code, out, err } = await status(CLIENTS);
    expect(code).toBe(0);
    expect(out).toMatch(/client +grafana +staging +right/);
    expect(err).toContain("5 right, 0 missing, 0 different.");
    expect(err).not.toContain("Next");
  });

  it("names the fields that differ, and the secret, without values", async () => {
    await made();
    casdoor.application("grafana").redirectUris = ["https://evil.example/"];
    vault.put("secrets/openpanel", { client_secret: "s3cret-after-rotation" });
    const { code, out } = await status(CLIENTS);
    expect(code).toBe(2);
    expect(out).toMatch(/client +grafana +staging +different: redirectUris/);
    expect(out).toMatch(/client +openpanel +prod +different: clientSecret/);
    expect(out).not.toContain("evil");
  });

  it("tells the clients of its own that nobody declares, and none of other people's", async () => {
    await made();
    casdoor.put("application", { owner: "admin", name: "theirs", clientId: "theirs", description: "By hand" });
    expect((await status([gate, openpanel])).out).toContain("a part of them):\n  grafana (staging)");
    const { out } = await status([openpanel, clientOf("other", { environment: "staging" })], ["--environment", "prod"]);
    expect(out).not.toContain("grafana");
    expect(out).not.toContain("theirs");
  });

  it("prints JSON without values", async () => {
    await made();
    casdoor.application("grafana").enableSignUp = true;
    const { code, out } = await status([grafana], ["--json", "--environment", "staging"]);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      providers: [{ name: "main", engine: `Casdoor at ${casdoor.address}` }],
      objects: [
        { kind: "organisation", name: "acme", state: "right", differs: [], secret: "none" },
        { kind: "group", name: "analytics", state: "right", differs: [], secret: "none" },
        {
          kind: "client",
          name: "grafana",
          environment: "staging",
          state: "different",
          differs: ["enableSignUp"],
          secret: "same",
        },
      ],
      undeclared: [],
      summary: { right: 2, absent: 0, different: 1, undeclared: 0 },
      problems: [],
    });
  });

  it("ends with 1 for an object of somebody else", async () => {
    casdoor.put("application", { owner: "admin", name: "grafana", clientId: "theirs" });
    const { code, err } = await status([grafana]);
    expect(code).toBe(1);
    expect(err).toContain("client grafana: is there and was not made by this command");
  });

  it("explains itself", async () => {
    for (const command of ["sync", "status"]) {
      const { out } = await identity(["identity", command, "--help"], {});
      expect(out).toContain("--environment <name>");
      expect(out).toContain('capabilities = ["read"]');
      expect(out).toContain("Exit codes: 0");
    }
  });
});
