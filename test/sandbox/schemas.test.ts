import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { startProviders } from "../../sandbox/providers";
import { loadSchema } from "../../sandbox/providers/schema/load";
import { repositoryRoot } from "../../sandbox/root";
import { openTerraform } from "../../sandbox/run/terraform";
import { describeWithTerraform, removeFolders, temporaryFolder } from "./support";

jest.setTimeout(60_000);

const FOLDER = path.join(repositoryRoot(), "sandbox", "providers", "schemas");

function read(folder: string, file: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(path.join(folder, file))).toString());
}

describe("the committed provider schemas", () => {
  test.each([
    ["vultr", "vultr_vpc"],
    ["helm", "helm_release"],
    ["cloudflare", "cloudflare_ruleset"],
    ["vault", "vault_mount"],
  ])("of %s have the attribute description of %s: taking the prose out must not take it", (name, type) => {
    const { members } = loadSchema(name).shape("resource_schemas", type);
    expect(members.find((member) => member.name === "description")).toMatchObject({ type: "string", optional: true });
  });

  test("know which arguments are write-only", () => {
    const { members } = loadSchema("kubernetes").shape("resource_schemas", "kubernetes_secret_v1");
    expect(members.filter(({ writeOnly }) => writeOnly).map(({ name }) => name)).toEqual(["binary_data_wo", "data_wo"]);
  });
});

describeWithTerraform("refreshing the schemas", () => {
  afterAll(removeFolders);

  // Terraform prints what the simulated providers serve: both directions are right only together.
  test("gives the committed files again when the providers have not changed", async () => {
    const folder = temporaryFolder();
    const providers = await startProviders();
    const { env, processes } = openTerraform({ providers, folder: path.join(folder, "tools") });
    const script = path.join(FOLDER, "..", "refresh-schemas.mjs");
    const { code, output } = await processes.run(process.execPath, [script, "--out", folder], { cwd: folder, env });
    providers.stop();
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining("vultr/vultr 2.32.0: 52 resources"),
    });
    for (const file of readdirSync(FOLDER)) expect(read(folder, file)).toEqual(read(FOLDER, file));
  });

  test("has a help text", () => {
    const { stdout, status } = spawnSync(process.execPath, [path.join(FOLDER, "..", "refresh-schemas.mjs"), "--help"], {
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(stdout).toContain("Usage:");
  });
});
