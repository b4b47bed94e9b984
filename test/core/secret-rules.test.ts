import { App, TerraformStack } from "cdktf";
import { LayerStack } from "../../constructs/core/layer-stack";
import { type Finding, runRules } from "../../constructs/core/rules";
import { checkDeclaration, checkRule } from "../../constructs/core/secret-rules";
import { declareSecret, type SecretDeclaration, type SecretKey } from "../../constructs/core/secrets";

const declaration = (keys: Readonly<Record<string, SecretKey>>, path = "staging/app"): SecretDeclaration => ({
  path,
  description: "Of a test",
  keys,
  readers: [],
});
const generated = (rule: object): SecretKey => JSON.parse(JSON.stringify({ kind: "generated", rule }));
const words = (findings: readonly Finding[]) => findings.map(({ problem, fix }) => `${problem}. ${fix}`);

describe("a declaration", () => {
  it("is right with every rule that there is", () => {
    const keys = {
      cookie_secret: generated({ alphabet: "url-safe", length: 16 }),
      encryption_key: generated({ alphabet: "hex", length: 64 }),
      "signing-key": generated({ keyPair: "ed25519" }),
      other: generated({ keyPair: "rsa-4096" }),
      host: { kind: "fixed", value: "db" } as const,
    };
    expect(checkDeclaration(declaration(keys))).toEqual([]);
  });

  test.each([
    [
      "too short a text",
      { alphabet: "url-safe", length: 15 },
      "would be too short to be secret. Write a length from 16 to 4096.",
    ],
    [
      "too short a hex text",
      { alphabet: "hex", length: 22 },
      "would be too short to be secret. Write a length from 24 to 4096.",
    ],
    ["an odd hex text", { alphabet: "hex", length: 33 }, "would be no whole number of bytes. Write an even length."],
    ["too long a text", { alphabet: "hex", length: 5000 }, "would be too long. Write a length from 24 to 4096."],
    ["no length", { alphabet: "hex" }, "has no whole length. Write a length from 24 to 4096."],
    ["half a character", { alphabet: "hex", length: 32.5 }, "has no whole length. Write a length from 24 to 4096."],
    [
      "an unknown alphabet",
      { alphabet: "runes", length: 32 },
      "has an alphabet that is not known. Write url-safe or hex, or a keyPair.",
    ],
    [
      "what every object has",
      { alphabet: "toString", length: 32 },
      "has an alphabet that is not known. Write url-safe or hex, or a keyPair.",
    ],
    [
      "an unknown key pair",
      { keyPair: "dsa" },
      "is of a key pair that is not known. Write ed25519 or ecdsa-p256 or rsa-4096.",
    ],
  ])("is refused with a rule for %s", (_, rule, text) => {
    const key = generated(rule);
    expect(words(checkDeclaration(declaration({ key })))).toEqual([`staging/app key ${text}`]);
    expect(key.kind === "generated" && checkRule(key.rule)).toMatchObject({ fix: expect.stringContaining("Write") });
  });

  test.each(["openpanel", "../sys/raw", "staging//app", "/staging/app", "staging/app/", "staging/.."])(
    "is refused at the path %s",
    (path) => {
      expect(words(checkDeclaration(declaration({}, path)))).toEqual([
        "this is no path of a secret. Write <environment>/<name>.",
      ]);
    },
  );

  it("is refused with keys that no template could name, and with outputs of what stands above", () => {
    const keys = {
      "a key": { kind: "fixed", value: "x" },
      copied: { kind: "output", stack: "l3-data-staging", output: "host" },
    } as const;
    expect(words(checkDeclaration(declaration(keys)))).toEqual([
      "staging/app: this is no name of a key. Use letters, digits, _ and -, as in postgres_password.",
      "staging/app copied is copied from a stack above L1. Copy outputs of l1 stacks only: the sync runs before the layers above are there.",
    ]);
  });
});

describe("at synth", () => {
  const program = (publish: boolean) => {
    const app = new App();
    if (publish) {
      const l1 = new LayerStack(app, "l1-backups-staging", { layer: 1, backend: { type: "local" } });
      l1.publish("access_key", "x");
    }
    const copied = (output: string): SecretKey => ({ kind: "output", stack: "l1-backups-staging", output });
    const keys = {
      right: copied("access_key"),
      wrong: copied("acces_key"),
      weak: generated({ alphabet: "hex", length: 4 }),
    };
    declareSecret(new TerraformStack(app, "l3-data-staging"), declaration(keys));
    return runRules(app).map(({ where, problem }) => `${where}: ${problem}`);
  };

  it("every problem of a declaration is told at once, where it was declared", () => {
    expect(program(true)).toEqual([
      'l3-data-staging: staging/app weak would be too short to be secret (found {"alphabet":"hex","length":4}). Write a length from 24 to 4096.',
      'l3-data-staging: staging/app wrong is copied from an output that l1-backups-staging has not (found "acces_key"). It publishes access_key.',
    ]);
  });

  it("outputs of a stack that is not part of the build are not looked at", () => {
    expect(program(false)).toHaveLength(1);
  });
});
