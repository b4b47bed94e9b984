import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "../../cli";
import { createProgram } from "../../cli/program";
import { renderTable } from "../../cli/terminal/table";
import { fakeSession, strata, temporaryFolder } from "./support/session";

describe("strata", () => {
  const commands = (() => {
    const program = createProgram(fakeSession({}).session);
    return program.commands.flatMap((command) => [
      [command.name()],
      ...command.commands.map((below) => [command.name(), below.name()]),
    ]);
  })();

  it("has the commands of the README", () => {
    expect(commands.map((words) => words.join(" ")).filter((name) => !name.startsWith("init"))).toEqual([
      "synth",
      "vault",
      "vault init",
      "vault unseal",
      "vault status",
      "vault snapshot",
      "vault restore",
      "vault exec",
      "secrets",
      "secrets sync",
      "secrets bootstrap",
      "secrets status",
      "secrets rotate",
      "secrets rollout",
      "secrets purge",
      "identity",
      "identity sync",
      "identity status",
      "data",
      "data status",
      "data restore",
      "data switch",
      "data retire",
      "smoke",
      "state",
      "state check",
      "leftovers",
      "atlantis",
      "recover",
      "charts",
      "charts pull",
      "charts list",
    ]);
  });

  it.each([[[]], ...commands.map((words) => [words])])("explains itself: %s --help", async (words) => {
    const { code, out, err } = await strata([...words, "--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`Usage: strata ${words.join(" ")}`.trim());
  });

  test.each([
    ["an unknown command", ["deploi"]],
    ["an unknown option", ["synth", "--fast"]],
    ["an option without its value", ["secrets", "sync", "--dir"]],
  ])("refuses %s with exit code 1", async (_, args) => {
    const { code, err } = await strata(args);
    expect(code).toBe(1);
    expect(err).toContain("error: ");
  });

  it("prints problems as JSON too when JSON was asked for", async () => {
    const { out, code } = await strata(["vault", "status", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ problems: [{ where: "VAULT_ADDR", problem: "not set" }] });
  });

  it("shows where a defect of its own happened only with STRATA_DEBUG", async () => {
    const broken = async (env: Readonly<Record<string, string>>) => {
      const { session, lines } = fakeSession({ env: { VAULT_ADDR: "http://127.0.0.1:1", ...env } });
      const failing = {
        ...session,
        get cwd(): string {
          throw new Error("a defect");
        },
      };
      const code = await run(["secrets", "sync"], failing);
      return { code, err: lines.err.join("\n") };
    };
    const quiet = await broken({});
    expect(quiet.code).toBe(1);
    expect(quiet.err).toContain("a defect. This is a defect of strata");
    expect(quiet.err).not.toMatch(/^\s+at /m);
    expect((await broken({ STRATA_DEBUG: "1" })).err).toMatch(/^\s+at /m);
  });
});

describe("strata synth", () => {
  it("runs tools/synth.mjs with its flags as variables, and ends with its code", async () => {
    const root = temporaryFolder();
    mkdirSync(path.join(root, "tools"));
    const script = `
      import { writeFileSync } from "node:fs";
      const { STRATA_CONFIG, STRATA_ONLY, CDKTF_OUTDIR } = process.env;
      writeFileSync("seen.json", JSON.stringify({ STRATA_CONFIG, STRATA_ONLY, CDKTF_OUTDIR, cwd: process.cwd() }));
      process.exit(STRATA_ONLY === "fail" ? 1 : 0);`;
    writeFileSync(path.join(root, "tools", "synth.mjs"), script);
    const synth = async (args: readonly string[]) => {
      const { session } = fakeSession({ env: { STRATA_CONFIG: "of-the-environment" }, cwd: path.join(root, "tools") });
      const code = await run(["synth", ...args], { ...session, root });
      return { code, ...JSON.parse(execFileSync("cat", [path.join(root, "seen.json")], { encoding: "utf8" })) };
    };
    expect(await synth(["--only", "*-prod", "--out", "here"])).toEqual({
      code: 0,
      STRATA_CONFIG: "of-the-environment",
      STRATA_ONLY: "*-prod",
      CDKTF_OUTDIR: path.join("tools", "here"),
      cwd: root,
    });
    expect(await synth(["--config", "../examples/acme"])).toMatchObject({
      STRATA_CONFIG: path.join("examples", "acme"),
    });
    expect(await synth(["--only", "fail"])).toMatchObject({ code: 1 });
  });
});

it("the command runs from the shell, without colours when NO_COLOR is set", () => {
  const bin = path.resolve(__dirname, "../../cli/bin.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, "vault", "status"], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, NO_COLOR: "1" },
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^1 problem:\n {2}VAULT_ADDR\n {4}not set\./);
});

it("a table wraps long cells and keeps its columns", () => {
  const keys = Array.from({ length: 8 }, (_, index) => `a_long_key_name_${index}`).join(", ");
  expect(
    renderTable([
      ["Path", "Created", "Kept"],
      ["staging/openpanel", keys, "2"],
      ["b", "-", "-"],
    ]),
  ).toMatchSnapshot();
});
