import { App, TerraformStack } from "cdktf";
import { runRules } from "../../constructs/core/rules";
import { checkDerivedKeys, parseTemplate, templateKeys } from "../../constructs/core/secret-template";
import { declareSecret, type SecretKey } from "../../constructs/core/secrets";

const password: SecretKey = { kind: "generated", rule: { alphabet: "hex", length: 32 } };
const derived = (template: string): SecretKey => ({ kind: "derived", template });

describe("a template", () => {
  it("is text, and keys with what is done to them in order", () => {
    expect(parseTemplate("redis://:{{ .redis-password | sha256sum | urlquery }}@{{.host}}:6379")).toEqual([
      "redis://:",
      {
        key: "redis-password",
        calls: [
          { name: "sha256sum", texts: [] },
          { name: "urlquery", texts: [] },
        ],
      },
      "@",
      { key: "host", calls: [] },
      ":6379",
    ]);
  });

  it("may give a function texts, which may hold bars and blanks", () => {
    const [part] = parseTemplate('{{ .a | replace "|" " b " | b64enc }}');
    expect(part).toEqual({
      key: "a",
      calls: [
        { name: "replace", texts: ["|", " b "] },
        { name: "b64enc", texts: [] },
      ],
    });
  });

  it("names each of its keys once", () => {
    expect(templateKeys("{{ .a }}{{ .b }}\n{{\n.a | b64enc }}")).toEqual(["a", "b"]);
  });

  it("may hold single braces", () => {
    expect(parseTemplate('{"a": "{{ .a }}"}')).toEqual(['{"a": "', { key: "a", calls: [] }, '"}']);
  });
});

describe("derived keys", () => {
  it("are right when they are made of keys that are not derived", () => {
    expect(checkDerivedKeys({ password, url: derived("{{ .password | urlquery }}") })).toEqual([]);
  });

  test.each([
    ["name a key that is not there", "{{ .pasword }}", "names pasword"],
    ["name no key", "always the same", "names no key"],
    ["name another derived key", "{{ .other }}", "names other, which is derived itself"],
    ["ask for an unknown function", "{{ .password | upper }}", "asks for the function upper"],
    [
      "give a function too little",
      '{{ .password | replace "a" }}',
      "gives replace something else than 2 texts in quotes",
    ],
    ["give a function too much", '{{ .password | urlquery "a" }}', "gives urlquery something else than nothing"],
    ["give a function no text", "{{ .password | replace a b }}", "gives replace something else than 2 texts in quotes"],
    ["ask for what every object has", "{{ .password | toString }}", "asks for the function toString"],
    ["end in a bar", "{{ .password | }}", "asks for the function without a name"],
    ["do not close their braces", "{{ .password", "has braces without their other half"],
    ["close braces that are not open", ".password }}", "has braces without their other half"],
    ["forget the dot", "{{ password }}", "has braces without a key, which starts with a dot"],
  ])("are refused when they %s", (_, template, text) => {
    const keys = { password, other: derived("{{ .password }}"), url: derived(template) };
    const findings = checkDerivedKeys(keys);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.problem).toBe(`the template of url ${text}`);
    expect(findings[0]?.fix).not.toBe("");
  });

  it("are checked at synth, with the path that they belong to", () => {
    const stack = new TerraformStack(new App(), "l3-data-staging");
    const keys = { url: derived("{{ .password }}") };
    declareSecret(stack, { path: "staging/app", description: "", keys, readers: [] });
    expect(runRules(stack).map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      expect.stringContaining("l3-data-staging: staging/app: the template of url names password"),
    ]);
  });
});
