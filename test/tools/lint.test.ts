import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../..");

/** What the linter, as it is set here, says about a file that would stand at a path. */
function lint(file: string, text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-lint-"));
  try {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
    copyFileSync(path.join(ROOT, "biome.json"), path.join(folder, "biome.json"));
    const biome = path.join(ROOT, "node_modules/.bin/biome");
    const result = spawnSync(biome, ["lint", "--vcs-enabled=false", file], { cwd: folder, encoding: "utf8" });
    return `${result.stdout}${result.stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const use = (from: string) => `import { Policy } from "${from}";\nconsole.log(Policy);\n`;

test("a provider package is never imported from its root", () => {
  expect(lint("constructs/vault/x.ts", use("@cdktf/provider-vault"))).toContain(
    "the package root loads every resource",
  );
});

test.each(["stacks/l3-data/x.ts", "schema/x.ts", "cli/x.ts", "main.ts"])("%s imports no provider package", (file) => {
  expect(lint(file, use("@cdktf/provider-vault/lib/policy"))).toContain(
    "Provider packages are used under constructs/ only",
  );
});

test("a construct imports a provider's resource from its own folder", () => {
  expect(lint("constructs/vault/x.ts", use("@cdktf/provider-vault/lib/policy"))).not.toContain("noRestrictedImports");
});
