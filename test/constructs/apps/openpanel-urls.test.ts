import { derive } from "../../../cli/secrets/derive";
import { OPENPANEL } from "../../../constructs/apps/openpanel";
import { render } from "../../../sandbox/live/controllers/external-secrets/template";
import { PLACEMENT, SETTINGS } from "./support/openpanel";

/** Every printable character of ASCII. */
const PRINTABLE = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
const PASSWORDS = [...PRINTABLE, PRINTABLE.join(""), "a + b", "100%", "%20+%2B", "ümläut €"];

const URLS = OPENPANEL.deliveries(PLACEMENT, SETTINGS).flatMap(({ name, template }) =>
  Object.entries(template ?? {})
    .filter(([key]) => key.includes("URL"))
    .map(([key, text]) => ({ name, key, text })),
);

function valuesWith(password: string): Record<string, string> {
  const keys = OPENPANEL.secrets(PLACEMENT, SETTINGS).flatMap((secret) => Object.entries(secret.keys));
  return Object.fromEntries(
    keys.map(([key, declared]) => [
      key,
      declared.kind === "fixed" ? declared.value : key.includes("password") ? password : key,
    ]),
  );
}

function derived(template: string, values: Readonly<Record<string, string>>): string {
  const result = derive("url", { kind: "derived", template }, new Map(Object.entries(values)));
  if (!("value" in result)) throw new Error(`it lacks ${result.lacks.join()}`);
  return result.value.reveal();
}

test("there are connection URLs to look at", () => {
  expect(URLS.length).toBeGreaterThanOrEqual(8);
});

test.each(URLS)("$key of $name gives back a password of any characters, whoever renders it", ({ key, text }) => {
  for (const password of PASSWORDS) {
    const values = valuesWith(password);
    const rendered = render(key, text, values);
    expect(derived(text, values)).toBe(rendered);
    const url = new URL(rendered);
    expect({ password: decodeURIComponent(url.password), host: url.hostname, port: url.port !== "" }).toEqual({
      password,
      host: expect.stringMatching(/^[a-z-]+\.data-staging\.svc\.cluster\.local$/),
      port: true,
    });
  }
});
