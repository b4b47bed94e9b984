import { FakeVault } from "../support/fake-vault";
import { generated, supplied, type TestSecret, writeProgram } from "../support/program";
import { strata } from "../support/session";

const secret = (path: string): TestSecret => ({ path, keys: { password: generated } });
const SECRETS = [
  secret("clusters/platform/casdoor"),
  secret("dev-a/openpanel"),
  secret("dev-a-b/openpanel"),
  { path: "prod/smtp", keys: { password: supplied } },
  secret("prod/openpanel"),
];

let vault: FakeVault;
beforeEach(async () => {
  vault = await FakeVault.start();
});
afterEach(() => vault.stop());

const secrets = (command: "status" | "sync", ...args: readonly string[]) =>
  strata(["secrets", command, "--dir", writeProgram({ secrets: SECRETS }), ...args], { env: vault.env });

describe("--environment", () => {
  test("fills the paths of one environment alone, and asks Vault for no other", async () => {
    expect(await secrets("sync", "--environment", "dev-a")).toMatchObject({ code: 0 });
    expect([...vault.secrets.keys()]).toEqual(["dev-a/openpanel"]);
    expect(vault.requests.filter((each) => /secret\/data\/(?!dev-a\/)/.test(each))).toEqual([]);
  });

  test("looks at the paths of one environment alone, and for those that nobody declares", async () => {
    for (const path of ["prod/openpanel", "prod/smtp", "prod/left", "dev-gone/left"])
      vault.put(path, { password: "x1y2z3" });
    const { code, out } = await secrets("status", "--environment", "prod", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      paths: [{ path: "prod/smtp" }, { path: "prod/openpanel" }],
      undeclaredPaths: ["prod/left"],
    });
    expect(vault.requests.filter((each) => /secret\/(subkeys|metadata)\/(?!prod)/.test(each))).toEqual([]);
  });

  test("is the environment as its file is called", async () => {
    expect(await secrets("sync", "--environment", "dev-a.b")).toMatchObject({ code: 0 });
    expect([...vault.secrets.keys()]).toEqual(["dev-a-b/openpanel"]);
  });

  test.each(["status", "sync"] as const)(
    "that declares nothing is refused by %s before Vault is asked",
    async (command) => {
      const { code, err } = await secrets(command, "--environment", "prd");
      expect(code).toBe(1);
      expect(err).toContain('--environment\n    declares no secret (found "prd"). Known are: prod');
      expect(vault.requests).toEqual([]);
    },
  );

  test("is none of the clusters", async () => {
    const { code, err } = await secrets("status", "--environment", "clusters");
    expect(code).toBe(1);
    expect(err).toContain("declares no secret");
  });

  test("takes no value for a path of another one", async () => {
    const { code, err } = await secrets("sync", "--environment", "dev-a", "--supply", "prod/smtp:password=env:HOME");
    expect(code).toBe(1);
    expect(err).toContain("prod/smtp");
    expect(vault.requests).toEqual([]);
  });
});
