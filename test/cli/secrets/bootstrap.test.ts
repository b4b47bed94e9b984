import { secretsBootstrap } from "../../../cli/secrets/bootstrap";
import { StrataError } from "../../../constructs/core/errors";
import { FakeApiServer } from "../support/fake-api-server";
import { writeProgram } from "../support/program";
import { fakeSession, type Person, strata } from "../support/session";

const TOKEN = "s3cret-token-of-the-zone";
const token = {
  cluster: "platform",
  namespace: "cert-manager",
  name: "cloudflare-api-token",
  owner: "l2-base-platform",
  keys: { token: { description: "DNS token of the zone", environmentVariable: "CLOUDFLARE_DNS_TOKEN" } },
};
const elsewhere = { ...token, cluster: "prod", owner: "l2-base-prod" };
const ID = "cert-manager/cloudflare-api-token";

let server: FakeApiServer;

beforeEach(async () => {
  server = await FakeApiServer.start(["cert-manager"]);
});

afterEach(() => server.stop());

interface Flags {
  readonly cluster?: string;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

async function bootstrap(
  flags: Flags = {},
  person: Person = { env: { CLOUDFLARE_DNS_TOKEN: TOKEN } },
  secrets = [token],
) {
  const { session, lines } = fakeSession(person);
  const asked: string[] = [];
  const outputs = async (stack: string) => {
    asked.push(stack);
    return server.outputs();
  };
  const options = { dir: writeProgram({ bootstrap: secrets }), ...flags };
  const code = await secretsBootstrap(session, options, { outputs });
  const printed = [...lines.out, ...lines.err].join("\n");
  for (const value of [TOKEN, Buffer.from(TOKEN).toString("base64")]) expect(printed).not.toContain(value);
  return { code, printed, asked, questions: lines.questions };
}

describe("strata secrets bootstrap", () => {
  it("creates the secret through the API server, with the client certificate of the cluster stack", async () => {
    const { code, asked } = await bootstrap();
    expect(code).toBe(0);
    expect(asked).toEqual(["l1-cluster-platform"]);
    expect(server.value(ID, "token")).toBe(TOKEN);
  });

  it("leaves a secret that is there alone, and asks for nothing", async () => {
    server.secrets.set(ID, { resourceVersion: 3, data: { token: "b2xk" } });
    const { code, questions } = await bootstrap({}, { answers: [] });
    expect(code).toBe(0);
    expect(questions).toEqual([]);
    expect(server.value(ID, "token")).toBe("old");
  });

  it("replaces it with --replace, and keeps keys that it does not know", async () => {
    server.secrets.set(ID, { resourceVersion: 3, data: { token: "b2xk", other: "bWluZQ==" } });
    expect(await bootstrap({ replace: true })).toMatchObject({ code: 0 });
    expect(server.value(ID, "token")).toBe(TOKEN);
    expect(server.value(ID, "other")).toBe("mine");
  });

  it("asks for the value, hidden, when its variable is not set", async () => {
    const { code, questions } = await bootstrap({}, { answers: [TOKEN] });
    expect(code).toBe(0);
    expect(questions).toEqual(["platform cert-manager/cloudflare-api-token token (DNS token of the zone)"]);
  });

  it("names the variable when there is nobody to ask, and ends with 1", async () => {
    const { code, printed } = await bootstrap({}, {});
    expect(code).toBe(1);
    expect(printed).toContain("set CLOUDFLARE_DNS_TOKEN (DNS token of the zone)");
    expect(server.secrets.size).toBe(0);
  });

  it("shows with --dry-run what it would write and ends with 2", async () => {
    const { code, printed } = await bootstrap({ dryRun: true, json: true }, {});
    expect(code).toBe(2);
    expect(JSON.parse(printed)).toMatchObject({ dryRun: true, secrets: [{ written: ["token"], missing: [] }] });
    expect(server.secrets.size).toBe(0);
  });

  it("takes the secrets of one cluster with --cluster", async () => {
    const { asked } = await bootstrap({ cluster: "prod" }, undefined, [token, elsewhere]);
    expect(asked).toEqual(["l1-cluster-prod"]);
    const wrong = bootstrap({ cluster: "qa" }, undefined, [token, elsewhere]);
    await expect(wrong).rejects.toThrow("Declared are some for: platform, prod.");
  });

  it("looks again when somebody else creates the secret at the same moment", async () => {
    server.onRequest = (method) => {
      if (method === "POST") server.secrets.set(ID, { resourceVersion: 1, data: { token: "b3RoZXI=" } });
      return undefined;
    };
    expect(await bootstrap()).toMatchObject({ code: 0 });
    expect(server.value(ID, "token")).toBe("other");
  });

  test.each([0, 429, 503])("tries again when the server answers %s", async (status) => {
    let left = 2;
    server.onRequest = () => (left-- > 0 ? status : undefined);
    expect(await bootstrap()).toMatchObject({ code: 0 });
    expect(server.value(ID, "token")).toBe(TOKEN);
  });
});

describe("what bootstrap refuses", () => {
  it("a namespace that is not there, because its stack makes it", async () => {
    const { code, printed } = await bootstrap({}, undefined, [{ ...token, namespace: "other" }]);
    expect(code).toBe(1);
    expect(printed).toContain(
      "the namespace other is not there yet. Its stack makes it: cdktf deploy l2-base-platform",
    );
    expect(server.requests).toEqual(["GET /api/v1/namespaces/other"]);
  });

  it("to repeat what a server says about a write, which may quote the value", async () => {
    server.onRequest = (method) => (method === "POST" ? 422 : undefined);
    const { code, printed } = await bootstrap();
    expect(code).toBe(1);
    expect(printed).toContain("POST /api/v1/namespaces/cert-manager/secrets: status 422");
  });

  it("a certificate that is not valid any more", async () => {
    server.onRequest = () => 401;
    expect((await bootstrap()).printed).toContain("apply the l1-cluster stack again");
  });

  it("a cluster that is not deployed", async () => {
    const { session, lines } = fakeSession({});
    const options = { dir: writeProgram({ bootstrap: [token] }) };
    expect(await secretsBootstrap(session, options, { outputs: async () => new Map() })).toBe(1);
    expect(lines.err.join("\n")).toContain("l1-cluster-platform: no output host. Deploy it first");
  });

  it("a server that cannot be reached", async () => {
    const outputs = new Map([...server.outputs(), ["host", "https://127.0.0.1:1"]]);
    const { session, lines } = fakeSession({ env: { CLOUDFLARE_DNS_TOKEN: TOKEN } });
    const options = { dir: writeProgram({ bootstrap: [token] }) };
    expect(await secretsBootstrap(session, options, { outputs: async () => outputs })).toBe(1);
    expect(lines.err.join("\n")).toContain("API server https://127.0.0.1:1: cannot be reached");
  });

  it("a program that was not synthesized", async () => {
    const { code, err } = await strata(["secrets", "bootstrap", "--dir", "no-such-folder"]);
    expect(code).toBe(1);
    expect(err).toContain("Run `npm run synth` first");
  });
});

it("an error of another kind is not swallowed", async () => {
  const { session } = fakeSession({});
  const options = { dir: writeProgram({ bootstrap: [token] }) };
  const failing = secretsBootstrap(session, options, {
    outputs: async () => {
      throw new TypeError("a defect");
    },
  });
  await expect(failing).rejects.not.toBeInstanceOf(StrataError);
});
