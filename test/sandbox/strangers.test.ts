import { rmSync } from "node:fs";
import path from "node:path";
import { describeWithTerraform, type Json, openWorkspace, removeFolders, temporaryFolder } from "./support";

jest.setTimeout(60_000);

const zone = "0".repeat(32);
const vault = (resource: Json): Json => ({ required: ["vault"], provider: { vault: [{}] }, resource });
const cloudflare = (resource: Json): Json => ({ required: ["cloudflare"], provider: { cloudflare: [{}] }, resource });

/** Applies twice, and loses the state in between; answers what was said the second time. */
async function afterLostState(config: Json, strict: boolean): Promise<string> {
  const folder = temporaryFolder();
  const space = await openWorkspace({ strict, journal: path.join(folder, "world.jsonl") }, folder);
  try {
    await space.apply(config);
    rmSync(path.join(folder, "terraform.tfstate"));
    space.write(config);
    const { code, output } = await space.terraform.apply(folder);
    return code === 0 ? "" : output.replace(/\s+/g, " ");
  } finally {
    space.stop();
  }
}

describeWithTerraform("objects that exist and are in no state", () => {
  afterAll(removeFolders);

  const policy = vault({ vault_policy: { reader: { name: "reader", policy: "" } } });
  const setting = cloudflare({
    cloudflare_zone_setting: { ssl: { zone_id: zone, setting_id: "ssl", value: "strict" } },
  });

  test.each<[string, Json]>([
    ["policy of Vault", policy],
    ["zone setting of Cloudflare", setting],
  ])("a strict world writes over a %s, as the real API does", async (_, config) => {
    expect(await afterLostState(config, true)).toBe("");
  });

  test.each<[string, Json, string]>([
    ["policy", policy, "already managed by another resource"],
    ["zone setting", setting, "zone setting owned twice"],
  ])("any other world says that a %s has two owners", async (_, config, message) => {
    expect(await afterLostState(config, false)).toContain(message);
  });

  test.each<[string, Json, string]>([
    ["mount", vault({ vault_mount: { kv: { path: "kv", type: "kv" } } }), "path is already in use at kv/"],
    ["audit device", vault({ vault_audit: { file: { type: "file", options: {} } } }), "path already in use: file/"],
    [
      "entry point of a phase",
      cloudflare({
        cloudflare_ruleset: { waf: { zone_id: zone, kind: "zone", phase: "http_ratelimit", name: "x", rules: [] } },
      }),
      "A similar configuration with rules already exists",
    ],
  ])("what the real API refuses twice is refused in a strict world too: %s", async (_, config, message) => {
    expect(await afterLostState(config, true)).toContain(message);
  });

  test.each<[string, string, (id: string) => string]>([
    [
      "dns_record",
      '{"zone_id":"ZONE","name":"a.acme.example","type":"A","content":"203.0.113.1","ttl":1}',
      (id) => `${zone}/${id}`,
    ],
    [
      "ruleset",
      '{"zone_id":"ZONE","kind":"zone","phase":"http_ratelimit","name":"x","rules":[]}',
      (id) => `zones/${zone}/${id}`,
    ],
    ["zone_setting", '{"zone_id":"ZONE","setting_id":"ssl","value":"on"}', () => `${zone}/ssl`],
  ])("a lost %s is imported by the id that the real provider takes", async (name, text, importId) => {
    const type = `cloudflare_${name}`;
    const config = cloudflare({ [type]: { it: JSON.parse(text.replace("ZONE", zone)) as Json } });
    const folder = temporaryFolder();
    const space = await openWorkspace({ strict: true, journal: path.join(folder, "world.jsonl") }, folder);
    await space.apply(config);
    const id = String(space.state(`${type}.it`).id);
    rmSync(path.join(folder, "terraform.tfstate"));
    await space.apply({ ...config, import: [{ to: `${type}.it`, id: importId(id) }] });
    expect(space.providers.world.countByType()).toEqual({ [type]: 1 });
    expect((await space.plan()).code).toBe(0);
    space.stop();
  });
});
