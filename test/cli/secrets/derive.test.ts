import { generateKeyPairSync } from "node:crypto";
import { derive } from "../../../cli/secrets/derive";
import { StrataError } from "../../../constructs/core/errors";
import { urlPart } from "../../../constructs/core/secret-template";
import { FakeVault } from "../support/fake-vault";
import { generated, supplied, type TestSecret, writeProgram } from "../support/program";
import { strata } from "../support/session";

function derived(template: string, values: Readonly<Record<string, unknown>>): string {
  const result = derive("url", { kind: "derived", template }, new Map(Object.entries(values)));
  if (!("value" in result)) throw new Error(`it lacks ${result.lacks.join()}`);
  return result.value.reveal();
}

describe("a derived value", () => {
  it("escapes what would mean something in a URL, so that the URL gives back the password", () => {
    const password = "p@ss:w/o?r#d%&=+ !'()*ü";
    const url = new URL(derived(`postgresql://app:${urlPart("password")}@db:5432/x`, { password }));
    expect(decodeURIComponent(url.password)).toBe(password);
    expect(url.host).toBe("db:5432");
    expect(new URL(derived("https://x/?q={{ .password | urlquery }}", { password })).searchParams.get("q")).toBe(
      password,
    );
  });

  test.each([
    ["sha256sum", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["b64enc", "YWJj"],
    ["b64enc | b64enc", "WVdKag=="],
    ['replace "b" "$&"', "a$&c"],
  ])("knows %s", (functions, result) => {
    expect(derived(`{{ .key | ${functions} }}`, { key: "abc" })).toBe(result);
  });

  it("may be the public half of a private key", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    expect(derived("{{ .key | publicKey }}", { key: pem })).toBe(publicKey.export({ type: "spki", format: "pem" }));
  });

  it("is not made of what is no private key, and does not quote it", () => {
    expect(() => derived("{{ .key | publicKey }}", { key: "s3cret" })).toThrow(StrataError);
    expect(() => derived("{{ .key | publicKey }}", { key: "s3cret" })).toThrow(/^(?!.*s3cret).*key is no private key/s);
  });

  it("lacks the keys that are missing or no text", () => {
    const values = new Map<string, unknown>([["b", 1]]);
    expect(derive("url", { kind: "derived", template: "{{ .a }}{{ .b }}" }, values)).toEqual({ lacks: ["a", "b"] });
  });
});

describe("strata secrets sync", () => {
  const app: TestSecret = {
    path: "staging/app",
    keys: {
      host: { kind: "fixed", value: "db" },
      password: generated,
      smtp_password: { ...supplied, optional: true },
      url: { kind: "derived", template: "postgresql://app:{{ .password }}@{{ .host }}" },
      smtp_url: { kind: "derived", template: "smtp://app:{{ .smtp_password }}@mail" },
    },
  };
  let vault: FakeVault;

  beforeEach(async () => {
    vault = await FakeVault.start();
  });

  afterEach(() => vault.stop());

  const data = (): Readonly<Record<string, unknown>> => vault.secrets.get("staging/app")?.data ?? {};

  async function sync(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const dir = writeProgram({ secrets: [app] });
    return strata(["secrets", "sync", "--dir", dir, ...args], { env: { ...vault.env, ...env } });
  }

  it("derives values in the same write as the keys that they are made of", async () => {
    const { code, out } = await sync();
    expect(code).toBe(0);
    expect(data().url).toBe(`postgresql://app:${String(data().password)}@db`);
    expect(data().smtp_url).toBeUndefined();
    expect(out).toMatch(/smtp_url\s+\(optional\)/);
    expect(vault.secrets.get("staging/app")?.version).toBe(1);
  });

  it("derives what was missing once its keys are there", async () => {
    await sync();
    const args = ["--supply", "staging/app:smtp_password=env:SMTP"];
    expect((await sync(args, { SMTP: "of-smtp" })).err).toContain("2 keys created, 3 kept, 0 missing");
    expect(data().smtp_url).toBe("smtp://app:of-smtp@mail");
  });

  it("keeps a derived value that fits no more, and tells how to derive it again", async () => {
    await sync();
    vault.put("staging/app", { ...data(), password: "by-hand" });
    const { code, err, out } = await sync(["--json"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({ paths: [{ drifted: ["url"], created: [] }] });
    expect((await sync()).err).toContain(
      "is not what password and host give. To derive it again:\nstrata secrets rotate",
    );
    expect(data().url).not.toContain("by-hand");
  });

  it("takes another writer's password into what it derives", async () => {
    await vault.stop();
    let once = true;
    vault = await FakeVault.start({
      fault: ({ method }) => {
        if (method === "POST" && once) {
          once = false;
          vault.put("staging/app", { password: "of-the-other-writer" });
        }
        return undefined;
      },
    });
    expect((await sync()).code).toBe(0);
    expect(data()).toMatchObject({ password: "of-the-other-writer", url: "postgresql://app:of-the-other-writer@db" });
  });

  it("counts derived keys in a dry run", async () => {
    const { code, err } = await sync(["--dry-run"]);
    expect(code).toBe(2);
    expect(err).toContain("3 keys would be created, 0 kept, 2 missing");
  });

  test.each([
    ["an unknown key", "{{ .nothing }}", "the template of url names nothing"],
    ["an unknown function", "{{ .password | rot13 }}", "asks for the function rot13"],
  ])("refuses a template with %s before anything is written", async (_, template, text) => {
    const keys = { password: generated, url: { kind: "derived", template } as const };
    const dir = writeProgram({ secrets: [{ path: "staging/app", keys }] });
    const { code, err } = await strata(["secrets", "sync", "--dir", dir], { env: vault.env });
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(vault.requests).toEqual([]);
  });
});
