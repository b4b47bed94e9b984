import { spawnSync } from "node:child_process";
import path from "node:path";
import { repositoryRoot } from "../../sandbox/root";
import { temporaryFolder } from "./support";

jest.setTimeout(60_000);

function sandbox(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [path.join(repositoryRoot(), "sandbox", "bin.mjs"), ...args], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
}

describe("npm run sandbox", () => {
  test("has a help text that names every flag", () => {
    const { status, stdout } = sandbox("--help");
    expect(status).toBe(0);
    for (const flag of ["--config", "--json", "--destroy", "--strict", "--yes"]) expect(stdout).toContain(flag);
  });

  test.each<[string, string[], string]>([
    ["an unknown flag", ["--unknown"], "unknown option '--unknown'"],
    ["a word that is no flag", ["deploy"], "too many arguments"],
    ["a configuration folder that is missing", ["--config", "/nowhere"], "There is no configuration folder /nowhere"],
  ])("refuses %s with one clear message", (_, args, text) => {
    const { status, stderr } = sandbox(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("tells how to get Terraform when there is none", () => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(repositoryRoot(), "sandbox", "bin.mjs")], {
      encoding: "utf8",
      env: { PATH: "/nowhere", HOME: temporaryFolder(), TERRAFORM_BINARY_NAME: "/nowhere/terraform" },
    });
    expect(status).toBe(1);
    expect(stderr).toContain("The sandbox needs Terraform 1.11.0 or newer.");
    expect(stderr).toContain("https://developer.hashicorp.com/terraform/install");
  });
});
