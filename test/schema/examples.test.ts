import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadPlatform } from "../../schema/load";

const root = join(__dirname, "../..");
const example = (name: string) => join(root, "examples", name);

function yamlFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => join(dir, file));
}

describe("examples/acme", () => {
  const platform = loadPlatform(example("acme"));

  it("has a central cluster that carries staging, and prod on its own", () => {
    expect(platform.central).toBe("platform");
    expect(platform.clusters.map(({ name, region, version }) => [name, region, version])).toEqual([
      ["platform", "fra", "v1.36.1+1"],
      ["prod", "fra", "v1.36.1+1"],
    ]);
    expect(platform.environments.map(({ name, cluster }) => [name, cluster])).toEqual([
      ["prod", "prod"],
      ["staging", "platform"],
    ]);
  });

  it("has OpenPanel behind the gate `main` in both", () => {
    expect(platform.environments.map(({ apps }) => apps.openpanel?.gate)).toEqual(["main", "main"]);
  });

  it("has backups of both", () => {
    expect(platform.backups).toMatchObject({ type: "vultr" });
    expect(platform.environments.map(({ backups }) => backups)).toMatchObject([
      { retentionDays: 30 },
      { retentionDays: 14 },
    ]);
  });

  it("has one zone of plan pro, and highly available clusters with firewall", () => {
    expect(platform.zones.map(({ name, plan }) => [name, plan])).toEqual([["acme.example", "pro"]]);
    expect(platform.clusters.every((cluster) => cluster.highlyAvailable && cluster.firewall)).toBe(true);
  });
});

describe("examples/minimal", () => {
  const platform = loadPlatform(example("minimal"));

  it("is seed 000: one cluster, staging and prod in it, OpenPanel in both", () => {
    expect(platform.clusters.map(({ name }) => name)).toEqual(["platform"]);
    expect(platform.environments.map(({ name, cluster, apps }) => [name, cluster, Object.keys(apps)])).toEqual([
      ["prod", "platform", ["openpanel"]],
      ["staging", "platform", ["openpanel"]],
    ]);
  });

  it("says of each environment that nothing of it is kept", () => {
    expect(platform.environments.map(({ backups }) => backups)).toEqual([false, false]);
  });

  it("takes at most 40 lines of YAML", () => {
    const lines = yamlFiles(example("minimal")).flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"));
    expect(lines.length).toBeLessThanOrEqual(40);
  });
});

describe("what the kill tests change examples/minimal to", () => {
  it("is a configuration", () => {
    expect(loadPlatform(join(root, "sandbox", "kill", "changed")).environments).toHaveLength(2);
  });
});

describe.each(["acme", "minimal"])("every file of examples/%s", (name) => {
  it.each(yamlFiles(example(name)))("names its JSON Schema: %s", (file) => {
    const [, schema = ""] = /^# yaml-language-server: \$schema=(.*)$/m.exec(readFileSync(file, "utf8")) ?? [];
    expect(JSON.parse(readFileSync(join(file, "..", schema), "utf8"))).toHaveProperty("$comment");
  });
});
