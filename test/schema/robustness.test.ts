import fc from "fast-check";
import { stringify } from "yaml";
import { StrataError } from "../../constructs/core/errors";
import { loadPlatform } from "../../schema/load";
import { BASE, inDirectory, PROD } from "./config";

const FILES = { ...BASE, "environments/prod.yaml": PROD };
const NAMES = Object.keys(FILES) as (keyof typeof FILES)[];

/** Loads, and returns whether it was accepted; anything but a StrataError is a bug of ours. */
function accepted(file: string, content: string): boolean {
  return inDirectory({ files: { "environments/prod.yaml": PROD, [file]: content } }, (dir) => {
    try {
      loadPlatform(dir);
      return true;
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      for (const { where, problem, fix } of error.issues) {
        expect(where).toContain(dir);
        expect(problem).not.toBe("");
        expect(fix).not.toBe("");
      }
      return false;
    }
  });
}

describe("a broken configuration", () => {
  it("is reported, never crashed on, whatever was mistyped", () => {
    const typo = fc.record({
      file: fc.constantFrom(...NAMES),
      at: fc.nat(400),
      remove: fc.nat(12),
      insert: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom("\n", "  ", ": ", "{", "]", "&a ", "*a", "!!", "- ", '"'),
      ),
    });
    fc.assert(
      fc.property(typo, ({ file, at, remove, insert }) => {
        const text = FILES[file];
        const start = at % text.length;
        accepted(file, text.slice(0, start) + insert + text.slice(start + remove));
      }),
      { numRuns: 120, seed: 3 },
    );
  });

  it("is reported, never crashed on, whatever stands in the place of a value", () => {
    const strange = fc.record({
      file: fc.constantFrom(...NAMES),
      keys: fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 4 }),
      value: fc.jsonValue({ maxDepth: 2 }),
    });
    fc.assert(
      fc.property(strange, ({ file, keys, value }) => {
        const inner = keys.reduceRight<unknown>((result, key) => ({ [key]: result }), value);
        accepted(
          file,
          `${FILES[file].replace(new RegExp(`^${keys[0]}:[\\s\\S]*?\\n(?=\\S|$)`, "m"), "")}${stringify(inner)}`,
        );
      }),
      { numRuns: 120, seed: 4 },
    );
  });

  it.each([
    [
      "an alias bomb",
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n`,
    ],
    ["a document that contains itself", "apps: &a\n  openpanel: *a\n"],
    ["thousands of levels", `${"[".repeat(5000)}${"]".repeat(5000)}`],
    [
      "thousands of levels of values",
      `placement: {type: dedicated, components: {vault: {values: ${"{a: ".repeat(3000)}1${"}".repeat(3000)}}}}\n`,
    ],
    ["several documents", "apps: {}\n---\napps: {}\n"],
    ["keys that objects have anyway", "__proto__: {a: 1}\nconstructor: 1\ntoString: {}\n"],
    ["keys that are not text", "? {a: b}\n: 1\n? [c]\n: 2\nnull: 3\n"],
    ["numbers that JSON does not have", "owner: .nan\npool: .inf\ncreatedAt: 123456789012345678901234567890\n"],
    ["unknown tags", "owner: !secret abc\n"],
  ])("is reported when it is %s", (_, text) => {
    expect(accepted("environments/staging.yaml", text)).toBe(false);
  });
});

const KEYS = [
  ...["organisation", "contact", "domains", "zones", "clusters", "profiles", "plans", "networks", "state", "placement"],
  ...["name", "type", "apps", "data", "hosts", "services", "access", "platform", "acme.example", "gates", "main"],
  ...[
    "nodePools",
    "general",
    "openpanel",
    "postgresql",
    "region",
    "version",
    "components",
    "vault",
    "values",
    "extends",
  ],
];
