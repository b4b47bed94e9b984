import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stableJson } from "../../constructs/core/synth/output";
import { secretsPage } from "../../tools/secrets-page";
import { code, table } from "../../tools/secrets-page/table";
import { temporaryFolder } from "../cli/support/session";
import { loadExample, synthesize, writeSynthesized } from "../helpers/examples";

const ROOT = path.resolve(__dirname, "../..");

describe("the page of secrets", () => {
  const program = synthesize(loadExample("acme"));
  const page = secretsPage(writeSynthesized(program));

  it("is current (else run `node tools/generate-secrets-page.mjs`)", () => {
    expect(readFileSync(path.join(ROOT, "docs", "secrets.md"), "utf8")).toBe(page);
  });

  it("has every key of every path, and every state with a secret", () => {
    for (const path of ["staging/openpanel", "prod/openpanel-runtime", "clusters/platform/casdoor"]) {
      expect(page).toContain(`\n### ${path}\n`);
    }
    expect(page).toMatch(/\| `encryption_key` \| generated \| 64 hexadecimal digits; permanent: /);
    expect(page).toMatch(/\| `l1-cluster-prod` +\| Credentials of a cluster's administrator \| .*`l4-apps-prod`/);
  });

  it("links to sections that are there", () => {
    const anchors = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = ""]) => anchor);
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) =>
      text
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
    expect(anchors.length).toBeGreaterThan(5);
    expect(headings).toEqual(expect.arrayContaining(anchors));
  });
});

it("can't be made while a stack publishes a secret that nothing gives a reason for", () => {
  const folder = temporaryFolder();
  const stack = path.join(folder, "stacks", "l3-data-staging");
  mkdirSync(stack, { recursive: true });
  writeFileSync(
    path.join(folder, "secrets.json"),
    stableJson({ schemaVersion: 1, mount: "secret", secrets: [], bootstrap: [] }),
  );
  writeFileSync(
    path.join(stack, "cdk.tf.json"),
    stableJson({ output: { database_password: { value: "x", sensitive: true } } }),
  );
  expect(() => secretsPage(folder)).toThrow(
    "l3-data-staging publishes what is secret without a reason (database_password)",
  );
});

it("a table lines up, and keeps bars inside its cells", () => {
  expect(
    table([
      ["Key", "Value"],
      [code("a"), "one | two"],
    ]),
  ).toBe(["| Key | Value      |", "| --- | ---------- |", "| `a` | one \\| two |"].join("\n"));
});
