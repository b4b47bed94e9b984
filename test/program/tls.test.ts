import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { loadExample, synthesize } from "../helpers/examples";

const ROOT = path.resolve(__dirname, "../..");
/** What runs against real clusters and clouds. */
const SOURCES = ["main.ts", "cli", "constructs", "stacks", "schema", "charts", "examples", "tools"];

/** Ways to tell a program that it need not check whom it talks to. */
const SKIPS: readonly RegExp[] = [
  /--?(tls-)?skip-(tls-)?verify/i,
  /--insecure\b/i,
  /--no-check-certificate\b/i,
  /\bcurl\b[^\n|;]*\s-\w*k\b/,
  /\w*(insecure|skip_?verify|skip_?tls)\w*["']?\s*[:=]\s*["']?(true|yes|1)\b/i,
  /\btls_?disabled?["']?\s*[:=]\s*["']?(true|yes|1)\b/i,
  /reject_?unauthorized["']?\s*[:=]\s*["']?(false|0)\b/i,
  /strictSSL["']?\s*[:=]\s*false\b/,
  /\bVAULT_SKIP_VERIFY["']?\s*[:=]/,
  /\bsslmode=(disable|allow|prefer)\b/,
];

function skipsIn(text: string): readonly string[] {
  return SKIPS.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
}

function filesBelow(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => /\.(ts|mjs|js|ya?ml|json|tpl|sh)$/.test(file) && !/\.generated\./.test(file));
}

/** Without comments, which may say what is not done. */
function code(file: string): string {
  return readFileSync(file, "utf8").replaceAll(/^\s*(\/\/|\*|\/\*|#).*$/gm, "");
}

test.each(["acme", "minimal"] as const)(
  "in examples/%s nothing of any stack skips the check of a certificate",
  (name) => {
    const { files } = synthesize(loadExample(name));
    const found = Object.entries(files).flatMap(([stack, text]) => skipsIn(text).map((skip) => `${stack}: ${skip}`));
    expect(Object.keys(files).length).toBeGreaterThan(5);
    expect(found).toEqual([]);
  },
);

/** It reads certificates to say all that is wrong with them, and closes the connection before anything is sent. */
const READS_ONLY = ["cli/smoke/http/certificate.ts: rejectUnauthorized: false"];

test("no source skips the check of a certificate either", () => {
  const files = SOURCES.flatMap((source) => filesBelow(path.join(ROOT, source)));
  const found = files.flatMap((file) => skipsIn(code(file)).map((skip) => `${path.relative(ROOT, file)}: ${skip}`));
  expect(files.length).toBeGreaterThan(200);
  expect(found).toEqual(READS_ONLY);
});

test.each([
  "vault status -tls-skip-verify",
  "curl -fsSk https://vault:8200",
  "curl --insecure https://vault:8200",
  '{"insecureSkipVerify": true}',
  "tls_skip_verify = true",
  "VAULT_SKIP_VERIFY: 1",
  "global: { tlsDisable: true }",
  "{ rejectUnauthorized: false }",
  "kubectl --insecure-skip-tls-verify=true get pods",
  "postgres://app@postgresql/app?sslmode=disable",
])("which would be noticed: %s", (text) => {
  expect(skipsIn(text)).not.toEqual([]);
});

test.each(["insecure: false", "curl -fsS --cacert ca.crt https://x", "skip this check", "tlsDisable: false"])(
  "and nothing else: %s",
  (text) => {
    expect(skipsIn(text)).toEqual([]);
  },
);
