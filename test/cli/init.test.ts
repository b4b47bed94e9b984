import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { type InitWorld, registerInit } from "../../cli/init";
import type { Prompts } from "../../cli/init/questions";
import { loadPlatform } from "../../schema/load";

const COMPLETE = [
  "--organisation",
  "acme",
  "--contact",
  "ops@acme.example",
  "--domain",
  "acme.example",
  "--region",
  "fra",
];

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "strata-init-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function init(flags: readonly string[], world: Partial<InitWorld> = {}): Promise<string> {
  let output = "";
  const program = new Command().exitOverride().configureOutput({
    writeOut: (text) => {
      output += text;
    },
    writeErr: () => {},
  });
  const prompts = () => Promise.reject(new Error("nobody to ask"));
  registerInit(program, () => ({ cwd, interactive: false, prompts, ...world }));
  await program.parseAsync(["init", ...flags], { from: "user" });
  return output;
}

const written = (dir = "config") =>
  readdirSync(path.join(cwd, dir), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort();
const read = (file: string) => readFileSync(path.join(cwd, "config", file), "utf8");

/** Answers each question by what it contains. */
function answering(answers: Readonly<Record<string, unknown>>, asked: string[] = []): Partial<InitWorld> {
  const answer = async (question: { message: string; default?: unknown }) => {
    asked.push(question.message);
    const key = Object.keys(answers).find((each) => question.message.includes(each));
    return key === undefined ? question.default : answers[key];
  };
  return {
    interactive: true,
    prompts: async () => ({ input: answer, select: answer, checkbox: answer, confirm: answer }) as Prompts,
  };
}

const ANSWERS = {
  "Short name": "acme",
  "E-mail": "ops@acme.example",
  "Domain of your": "acme.example",
  Cloudflare: "pro",
  Environments: ["staging", "prod"],
};

describe("strata init", () => {
  it("writes a configuration from flags that loads", async () => {
    const output = await init(COMPLETE);
    expect(written()).toEqual(["environments/prod.yaml", "environments/staging.yaml", "platform.yaml"]);
    const platform = loadPlatform(path.join(cwd, "config"));
    expect(platform.clusters.map(({ name, region }) => [name, region])).toEqual([
      ["platform", "fra"],
      ["prod", "fra"],
    ]);
    expect(platform.clusters[0]?.gates).toEqual({ main: { groups: ["admins"] } });
    expect(platform.environments.map(({ apps }) => apps.openpanel?.primary)).toEqual([true, false]);
    expect(output).toBe(
      [
        "Wrote config/environments/staging.yaml, config/environments/prod.yaml, config/platform.yaml.",
        "",
        "Next:",
        "  npm run sandbox -- --config config   try it on this machine, without any account",
        "  npx strata synth --config config     write the Terraform stacks",
        "",
      ].join("\n"),
    );
  });

  it("takes every flag", async () => {
    const more = [
      "--internal-domain",
      "acme.internal.example",
      "--zone-plan",
      "business",
      "--group",
      "a",
      "--group",
      "b c",
    ];
    const environments = ["--environment", "staging", "--environment", "dev-a", "--dedicated", "dev-a"];
    await init([...COMPLETE, ...more, ...environments, "--kubernetes-version", "v1.35.5+1", "--dir", "elsewhere"]);
    const platform = loadPlatform(path.join(cwd, "elsewhere"));
    expect(platform.domains).toEqual({ public: "acme.example", internal: "acme.internal.example" });
    expect(platform.zones.map(({ plan }) => plan)).toEqual(["business", "business"]);
    expect(platform.clusters.map(({ name, version }) => [name, version])).toEqual([
      ["platform", "v1.35.5+1"],
      ["dev-a", "v1.35.5+1"],
    ]);
    expect(platform.clusters[1]?.gates.main?.groups).toEqual(["a", "b c"]);
  });

  it("puts every environment on the one cluster if asked to", async () => {
    await init([...COMPLETE, "--no-dedicated"]);
    expect(loadPlatform(path.join(cwd, "config")).clusters.map(({ name }) => name)).toEqual(["platform"]);
  });

  it("points editors to the JSON Schemas of the checkout", async () => {
    await init(COMPLETE);
    expect(read("platform.yaml").split("\n")[0]).toBe(
      "# yaml-language-server: $schema=../schema/json/platform.schema.json",
    );
    expect(read("environments/prod.yaml").split("\n")[0]).toBe(
      "# yaml-language-server: $schema=../../schema/json/environment.schema.json",
    );
  });

  it("writes a name that YAML would take for something else in quotes", async () => {
    await init(["--organisation", "null", ...COMPLETE.slice(2)]);
    expect(loadPlatform(path.join(cwd, "config")).organisation).toBe("null");
  });

  it("asks for what the flags leave open, and for nothing else", async () => {
    const asked: string[] = [];
    await init(["--region", "ams"], answering(ANSWERS, asked));
    expect(asked).toEqual([
      "Short name of your organisation:",
      "E-mail address for certificate expiry notices:",
      "Domain of your applications (a zone at Cloudflare):",
      "Domain of Vault and sign-on:",
      "Cloudflare plan of that zone:",
      "Kubernetes version:",
      "Groups that may open OpenPanel, separated by commas:",
      "Environments:",
      "Does prod get a cluster of its own? (safer, and about twice the price)",
    ]);
    expect(loadPlatform(path.join(cwd, "config")).clusters.map(({ region }) => region)).toEqual(["ams", "ams"]);
  });

  it("asks nothing in a terminal when the flags are complete", async () => {
    await init(COMPLETE, { interactive: true });
    expect(written()).toHaveLength(3);
  });

  it("refuses missing flags where nobody can be asked", async () => {
    await expect(init(["--organisation", "acme", "--domain", "acme.example"])).rejects.toThrow(
      "1 problem:\n  strata init\n    some flags are missing. Add --contact <contact> --region <region>, or run it in a terminal to be asked.",
    );
    expect(existsSync(path.join(cwd, "config"))).toBe(false);
  });

  it("refuses wrong flags, all at once", async () => {
    const wrong = [
      "--organisation",
      "Acme Inc",
      "--contact",
      "me",
      "--domain",
      "acme",
      "--region",
      "frankfurt",
      "--kubernetes-version",
      "1.36",
      "--dedicated",
      "qa",
    ];
    await expect(init(wrong)).rejects.toThrow(
      [
        "6 problems:",
        "  --organisation",
        '    this is not valid (found "Acme Inc"). Write a short name of lower case letters, digits and "-".',
        "  --contact",
        '    this is not valid (found "me"). Write an e-mail address.',
        "  --domain",
        '    this is not valid (found "acme"). Write a domain in lower case, such as acme.example.',
        "  --region",
        '    this is not valid (found "frankfurt"). Write a Vultr region id, such as fra, nrt or man.',
        "  --kubernetes-version",
        '    this is not valid (found "1.36"). Write an exact VKE version, such as v1.36.1+1.',
        "  --dedicated",
        '    this environment is not among those to write (found "qa"). Add --environment qa, or leave it out.',
      ].join("\n"),
    );
  });

  it("never overwrites a configuration", async () => {
    await init(COMPLETE);
    const before = read("platform.yaml");
    await expect(init([...COMPLETE.slice(0, -1), "ams"])).rejects.toThrow(
      "1 problem:\n  config/platform.yaml\n    this file exists already, and nothing is ever overwritten. Edit it, or name another folder with --dir. Nothing was written.",
    );
    expect(read("platform.yaml")).toBe(before);
  });

  it("asks nothing when there is a configuration already", async () => {
    await init(COMPLETE);
    const asked: string[] = [];
    await expect(init([], answering(ANSWERS, asked))).rejects.toThrow("this file exists already");
    expect(asked).toEqual([]);
  });

  it("never overwrites an environment, and then writes nothing else either", async () => {
    mkdirSync(path.join(cwd, "config", "environments"), { recursive: true });
    writeFileSync(path.join(cwd, "config", "environments", "prod.yaml"), "owner: me\n");
    await expect(init(COMPLETE)).rejects.toThrow(
      "1 problem:\n  config/environments/prod.yaml\n    this file exists already, and nothing is ever overwritten. Edit it, or name another folder with --dir. Nothing was written.",
    );
    expect(written()).toEqual(["environments/prod.yaml"]);
  });

  it("goes on where it was interrupted", async () => {
    await init(COMPLETE);
    const whole = read("platform.yaml");
    rmSync(path.join(cwd, "config", "platform.yaml"));
    mkdirSync(path.join(cwd, ".config.strata-init"));
    writeFileSync(path.join(cwd, ".config.strata-init", "left-over.yaml"), "{");
    expect(await init(COMPLETE)).toContain("Wrote config/platform.yaml.\n");
    expect(read("platform.yaml")).toBe(whole);
    expect(readdirSync(cwd)).toEqual(["config"]);
  });

  it("writes nothing that would not load", async () => {
    await expect(init([...COMPLETE, "--environment", "team1", "--no-dedicated"])).rejects.toThrow(
      '1 problem:\n  config/environments/team1.yaml:7\n    the name of environment team1 starts with no type (found "team1"). Write dev, prod, staging or sue. Names start with their type, such as dev-team1.',
    );
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("leaves nothing behind when a question is not answered", async () => {
    const stopped = {
      interactive: true,
      prompts: async () => ({ input: () => Promise.reject(new Error("stopped")) }) as unknown as Prompts,
    };
    await expect(init([], stopped)).rejects.toThrow("stopped");
    expect(readdirSync(cwd)).toEqual([]);
  });
});
