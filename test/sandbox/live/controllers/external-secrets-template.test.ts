import { generate } from "../../../../sandbox/live/controllers/external-secrets/password";
import { render } from "../../../../sandbox/live/controllers/external-secrets/template";

describe("a template", () => {
  const values = { user: "openpanel", password: "a b/c&d'e(f)*!~ü" };

  test.each([
    ["text without actions", "text without actions"],
    ["{{ .user }}", "openpanel"],
    ["{{.user}}:{{   .user   }}", "openpanel:openpanel"],
    // What Go's url.QueryEscape makes of it.
    ["{{ .password | urlquery }}", "a+b%2Fc%26d%27e%28f%29%2A%21~%C3%BC"],
    ['{{ .password | urlquery | replace "+" "%20" }}', "a%20b%2Fc%26d%27e%28f%29%2A%21~%C3%BC"],
    ['{{ .user | replace "n" "$&" }}', "ope$&pa$&el"],
    ["{{ .user | sha256sum }}", "0d54b9a0d6931dea855500632e11eb1f34751c5002c7f6b64448f66ec5ae0a0f"],
    ["{{ .user | b64enc }}", "b3BlbnBhbmVs"],
    ["{{ .user | b64enc | urlquery }}", "b3BlbnBhbmVs"],
    ["a }} stays, and so does {this}", "a }} stays, and so does {this}"],
  ])("%s", (template, expected) => {
    expect(render("KEY", template, values)).toBe(expected);
  });

  test.each([
    "{{ .user | upper }}",
    "{{ .user | toString }}",
    '{{ .user | replace "n" }}',
    '{{ .user | urlquery "n" }}',
    "{{ .user | replace `n` `m` }}",
    "{{ if .user }}x{{ end }}",
    "{{- .user -}}",
    '{{ "text" }}',
    "{{ printf `%s` .user }}",
    "{{ .user.name }}",
    "{{ }}",
  ])("%s is refused, not guessed", (template) => {
    expect(() => render("KEY", template, values)).toThrow(/^template of KEY: the sandbox does not know \{\{/);
  });

  test("an action that is not closed is refused", () => {
    expect(() => render("KEY", "{{ .user", values)).toThrow("template of KEY: an action is not closed");
  });

  test("a key that is not there is named, and no value is", () => {
    expect(() => render("KEY", "{{ .user }}{{ .token }}", values)).toThrow(
      /^template of KEY: map has no entry for key "token"$/,
    );
  });
});

describe("a password", () => {
  const rule = { length: 40, digits: 10, symbols: 0, noUpper: false, allowRepeat: true };
  const count = (text: string, of: RegExp) => text.match(of)?.length ?? 0;

  test("has as many characters, digits and symbols as its rule says, and is another each time", () => {
    const password = generate(rule);
    expect([password.length, count(password, /\d/g), count(password, /[a-zA-Z]/g)]).toEqual([40, 10, 30]);
    expect(generate(rule)).not.toBe(password);
    expect(count(generate({ ...rule, symbols: 5, symbolCharacters: "#" }), /#/g)).toBe(5);
  });

  test("has no capital and no character twice where the rule says so", () => {
    const password = generate({ length: 30, digits: 10, symbols: 0, noUpper: true, allowRepeat: false });
    expect(password).not.toMatch(/[A-Z]/);
    expect(new Set(password).size).toBe(30);
  });

  test("that can't be made is refused", () => {
    expect(() => generate({ ...rule, length: 5 })).toThrow(/shorter than its digits/);
    expect(() => generate({ ...rule, digits: 11, allowRepeat: false })).toThrow(/without repetition/);
  });
});
