import { readFileSync } from "node:fs";
import path from "node:path";
import { getReferencesInExpression } from "@cdktf/hcl2json";
import { unescapeTemplates } from "../../constructs/core/escape";
import { isJsonObject, type JsonObject } from "../../constructs/core/json";
import { expressions, strings } from "../../constructs/core/synth/stack-json";
import { loadPlatform } from "../../schema/load";
import type { Environment, Platform } from "../../schema/model";
import { exampleDir, loadExample, synthesize, writeSynthesized } from "../helpers/examples";
import { addresses } from "../helpers/snapshot";

const acme = synthesize(loadExample("acme"));

test("the example organisation has the 18 stacks of the design, as direct children of the app", () => {
  expect(Object.keys(acme.files).sort()).toEqual([
    "l1-backups-platform",
    "l1-backups-prod",
    "l1-backups-staging",
    "l1-cluster-platform",
    "l1-cluster-prod",
    "l1-edge-acme-example",
    "l1-network-platform",
    "l1-network-prod",
    "l2-base-platform",
    "l2-base-prod",
    "l2-secrets-platform",
    "l2-secrets-prod",
    "l2-services-platform",
    "l2-services-prod",
    "l3-data-prod",
    "l3-data-staging",
    "l4-apps-prod",
    "l4-apps-staging",
  ]);
});

test("seed 000 as one cluster with staging and prod in it synthesizes", () => {
  const { files } = synthesize(loadExample("minimal"));
  expect(Object.keys(files).filter((id) => id.startsWith("l3-"))).toEqual(["l3-data-prod", "l3-data-staging"]);
});

test("two synths of one configuration give the same bytes", () => {
  expect(synthesize(loadExample("acme")).files).toEqual(acme.files);
});

test("every reference resolves inside its own stack, by Terraform's own parser", async () => {
  for (const stack of acme.stacks) {
    const known = new Set(addresses(stack));
    for (const { text } of strings(stack.json)) {
      for (const expression of expressions(text)) {
        const references = await getReferencesInExpression("stack.tf", `\${${expression}}`);
        const roots = references.map(({ value }) => root(value)).filter((name) => name !== undefined);
        expect([...roots].filter((name) => !known.has(name))).toEqual([]);
      }
    }
  }
});

/** The address a reference starts with; variables, locals and `self` have none. */
function root(reference: string): string | undefined {
  const parts = reference.split(".");
  if (["var", "local", "self", "each", "path", "terraform"].includes(parts[0] ?? "")) return undefined;
  return parts.slice(0, parts[0] === "data" ? 3 : 2).join(".");
}

test("no synthesized file holds what looks like a secret", () => {
  const text = Object.values(acme.files).join("\n");
  expect(text).not.toMatch(/-----BEGIN|hvs\.|AKIA[A-Z0-9]{16}|"(api_token|api_key|secret_key|password)": "[^$"]/);
});

test("every provider is pinned to one exact version", () => {
  for (const { id, json } of acme.stacks) {
    const terraform = json.terraform;
    const required =
      isJsonObject(terraform) && isJsonObject(terraform.required_providers) ? terraform.required_providers : {};
    for (const [name, provider] of Object.entries(required)) {
      expect({ id, name, version: isJsonObject(provider) ? provider.version : undefined }).toEqual({
        id,
        name,
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      });
    }
  }
});

/** The platform with one more environment, like another one but for its name and place. */
const extra = (platform: Platform, environment: Partial<Environment>, base: string): Platform => {
  const model = platform.environments.find((candidate) => candidate.name === base);
  if (model === undefined) throw new Error(`no environment ${base}`);
  const { openpanel } = model.apps;
  // The short host of the zone belongs to one environment only.
  const apps = openpanel === undefined ? {} : { openpanel: { ...openpanel, primary: false } };
  return { ...platform, environments: [...platform.environments, { ...model, apps, ...environment }] };
};

test("adding an environment to a shared cluster changes no byte of any other stack", () => {
  const { files } = synthesize(extra(loadExample("acme"), { name: "staging-two" }, "staging"));
  expect(Object.keys(files).filter((id) => !(id in acme.files))).toEqual([
    "l1-backups-staging-two",
    "l3-data-staging-two",
    "l4-apps-staging-two",
  ]);
  for (const [id, text] of Object.entries(acme.files)) expect(files[id]).toBe(text);
});

test("adding an environment on its own cluster changes no byte of any other stack", () => {
  const platform = loadExample("acme");
  const network = platform.networks.find((candidate) => candidate.name === "prod");
  const cluster = platform.clusters.find((candidate) => candidate.name === "prod");
  if (network === undefined || cluster === undefined) throw new Error("the example has no cluster prod");
  const grown: Platform = {
    ...extra(platform, { name: "prod-eu", cluster: "prod-eu", dedicated: true }, "prod"),
    networks: [...platform.networks, { ...network, name: "prod-eu", cidr: "10.200.0.0/20" }],
    clusters: [...platform.clusters, { ...cluster, name: "prod-eu", network: "prod-eu", dedicatedTo: "prod-eu" }],
  };
  const { files } = synthesize(grown);
  expect(Object.keys(files).filter((id) => !(id in acme.files))).toHaveLength(8);
  for (const [id, text] of Object.entries(acme.files)) expect(files[id]).toBe(text);
});

test("one environment alone is built with the same bytes as in the whole", () => {
  const { files } = synthesize(loadExample("acme"), { only: "*-prod" });
  expect(Object.keys(files)).toHaveLength(8);
  for (const [id, text] of Object.entries(files)) expect(text).toBe(acme.files[id]);
});

test("one environment is built from platform.yaml and its own document alone, with the same bytes", () => {
  const { files } = synthesize(loadPlatform(exampleDir("acme"), { only: "staging" }), { environment: "staging" });
  expect(Object.keys(files)).toEqual(["l1-backups-staging", "l3-data-staging", "l4-apps-staging"]);
  for (const [id, text] of Object.entries(files)) expect(text).toBe(acme.files[id]);
  const prod = synthesize(loadPlatform(exampleDir("acme"), { only: "prod" }), { environment: "prod" });
  expect(Object.keys(prod.files)).toHaveLength(8);
});

test("an environment that is being deleted loses its protection, and no other does", () => {
  const platform = loadExample("acme");
  const environments = platform.environments.map((environment) =>
    environment.name === "prod" ? { ...environment, lifecycle: "deleting" as const } : environment,
  );
  const { files } = synthesize({ ...platform, environments });
  const freed = Object.keys(files).filter((id) => files[id] !== acme.files[id]);
  expect(freed).toEqual(
    expect.arrayContaining(["l1-backups-prod", "l1-cluster-prod", "l1-network-prod", "l3-data-prod"]),
  );
  expect(freed.every((id) => id.endsWith("-prod"))).toBe(true);
  expect(freed.map((id) => files[id]).join()).not.toContain("prevent_destroy");
});

test("the applied document of an environment is an output of its lowest stack", () => {
  const outputs = (id: string) => JSON.parse(acme.files[id] ?? "{}").output.environment_document?.value;
  expect(JSON.parse(unescapeTemplates(outputs("l1-cluster-prod")))).toMatchObject({ placement: { type: "dedicated" } });
  expect(JSON.parse(unescapeTemplates(outputs("l3-data-staging")))).toMatchObject({ placement: { type: "shared" } });
});

test("naming stacks for destruction changes nothing but prevent_destroy, and only in those stacks", () => {
  const { files } = synthesize(loadExample("acme"), { allowDestroy: "l3-data-prod" });
  const changed = Object.keys(files).filter((id) => files[id] !== acme.files[id]);
  expect(changed).toEqual(["l3-data-prod"]);
  const withoutProtection = (text = "") => JSON.stringify(dropProtection(JSON.parse(text)));
  expect(withoutProtection(files["l3-data-prod"])).toBe(withoutProtection(acme.files["l3-data-prod"]));
  expect(files["l3-data-prod"]).not.toContain("prevent_destroy");
});

function dropProtection(json: JsonObject): JsonObject {
  const text = JSON.stringify(json, (key, value: unknown) => (key === "prevent_destroy" ? undefined : value));
  return JSON.parse(
    text.replaceAll(',"lifecycle":{}', "").replaceAll('"lifecycle":{},', "").replaceAll('"lifecycle":{}', ""),
  );
}

test("a gated route outside the domains of the identity provider is refused: a login there would never end", () => {
  const platform = loadExample("acme");
  const [zone] = platform.zones;
  if (zone === undefined) throw new Error("the example has no zone");
  const environments = platform.environments.map((environment) =>
    environment.name === "staging"
      ? { ...environment, hosts: { ...environment.hosts, zone: "acme-internal.example" } }
      : environment,
  );
  const zones = [zone, { ...zone, name: "acme-internal.example" }];
  expect(() => synthesize({ ...platform, zones, environments })).toThrow(
    "a redirect of client gate-platform-main has a URI outside the domains of identity provider main",
  );
});

test("the written output is complete in itself: stacks, chart, manifest, declarations and description", () => {
  const out = writeSynthesized(acme);
  const manifest = JSON.parse(readFileSync(path.join(out, "manifest.json"), "utf8"));
  expect(Object.keys(manifest.stacks)).toHaveLength(18);
  expect(readFileSync(path.join(out, "charts/manifests/Chart.yaml"), "utf8")).toMatch(
    /^version: 1\.0\.0\+[0-9a-f]{12}$/m,
  );
  const { secrets } = JSON.parse(readFileSync(path.join(out, "secrets.json"), "utf8"));
  expect(secrets.map((secret: { path: string }) => secret.path)).toContain("staging/openpanel");
  const { hosts, cost } = JSON.parse(readFileSync(path.join(out, "program.json"), "utf8"));
  expect(new Set(hosts.map((host: { class: string }) => host.class))).toEqual(
    new Set(["public", "machine", "gated", "denied"]),
  );
  expect(cost.monthly).toBeGreaterThan(0);
});
