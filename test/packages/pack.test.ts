import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../..");
const BUILT = path.join(ROOT, "constructs/lib");
const PACKAGES = { "@cdktf/provider-vultr": "packages/provider-vultr", "@strata/constructs": "constructs" };

const PROGRAM = `
const { App } = require("cdktf");
const { SshKey } = require("@cdktf/provider-vultr/lib/ssh-key");
const { LayerStack, renderProgram, vultr, writeProgram } = require("@strata/constructs");

const app = new App({ outdir: "out" });
const stack = new LayerStack(app, "l1-network-main", { layer: 1, step: 1, backend: { type: "local" } });
new vultr.VultrProvider(stack, "vultr");
new vultr.Vpc(stack, "vpc", { name: "main", region: "fra", cidr: "10.1.0.0/24", protection: "retain" });
new SshKey(stack, "key", { name: "admin", sshKey: "ssh-ed25519 AAAA" });
writeProgram(app, renderProgram(app, { complete: true }), {});
`;

const TYPED = `
import { App } from "cdktf";
import { SshKey, type SshKeyConfig } from "@cdktf/provider-vultr/lib/ssh-key";
import { type cloudflare, LayerStack, type Protection, vultr } from "@strata/constructs";

const protection: Protection = "retain";
const key: SshKeyConfig = { name: "admin", sshKey: "ssh-ed25519 AAAA" };
const rule: cloudflare.CustomRule = { ref: "a", description: "b", expression: "true", action: "block" };
const stack = new LayerStack(new App(), "l1-network-main", { layer: 1, backend: { type: "local" } });
export const vpc: string = new vultr.Vpc(stack, "vpc", { name: "main", region: "fra", cidr: "10.1.0.0/24", protection }).vpcId;
export const name: string = new SshKey(stack, rule.ref, key).name;
// @ts-expect-error a VPC has no plan
new vultr.Vpc(stack, "other", { name: "main", region: "fra", cidr: "10.1.0.0/24", protection, plan: "none" });
`;

const wasBuilt = existsSync(BUILT);
const project = mkdtempSync(path.join(tmpdir(), "strata-pack-"));
const modules = path.join(project, "node_modules");

const run = (command: string, ...args: string[]) => {
  try {
    return execFileSync(command, args, { cwd: project, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
  }
};

/** Packs a workspace and unpacks it as npm would install it, without asking a registry. */
function install(name: string, folder: string): void {
  const tarballs = path.join(project, "tarballs", folder.replaceAll("/", "-"));
  mkdirSync(tarballs, { recursive: true });
  run("npm", "pack", path.join(ROOT, folder), "--pack-destination", tarballs, "--offline", "--loglevel=error");
  const target = path.join(modules, name);
  mkdirSync(target, { recursive: true });
  const [tarball = "none"] = readdirSync(tarballs);
  run("tar", "-xzf", path.join(tarballs, tarball), "-C", target, "--strip-components=1");
}

/** Links a dependency of the user's own. */
function link(name: string): void {
  if (existsSync(path.join(modules, name))) return;
  mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
  symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
}

const installed = (name: string) => JSON.parse(readFileSync(path.join(modules, name, "package.json"), "utf8"));

beforeAll(() => {
  for (const [name, folder] of Object.entries(PACKAGES)) install(name, folder);
  for (const name of Object.keys(PACKAGES))
    for (const peer of Object.keys(installed(name).peerDependencies)) link(peer);
}, 120_000);

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
  if (!wasBuilt) rmSync(BUILT, { recursive: true, force: true });
});

test("the packages hold what they need and no sources", () => {
  const vultr = readdirSync(path.join(modules, "@cdktf/provider-vultr")).sort();
  expect(vultr).toEqual(["LICENSE", "README.md", "lib", "package.json"]);
  expect(readdirSync(path.join(modules, "@strata/constructs")).sort()).toEqual(["LICENSE", "lib", "package.json"]);
  const lib = readdirSync(path.join(modules, "@strata/constructs/lib"), { recursive: true, encoding: "utf8" });
  expect(lib).toEqual(
    expect.arrayContaining(["index.js", "index.d.ts", "THIRD-PARTY.txt", "charts/manifests/Chart.yaml"]),
  );
  expect(lib.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).toEqual([]);
});

test("plain JavaScript outside this repository makes a stack of both", () => {
  writeFileSync(path.join(project, "program.js"), PROGRAM);
  run(process.execPath, "program.js");
  const stack = JSON.parse(readFileSync(path.join(project, "out/stacks/l1-network-main/cdk.tf.json"), "utf8"));
  expect(Object.keys(stack.resource).sort()).toEqual(["vultr_ssh_key", "vultr_vpc"]);
  expect(existsSync(path.join(project, "out/charts/manifests/Chart.yaml"))).toBe(true);
});

test.each(["bundler", "node16"])(
  "their declarations hold in a strict TypeScript project (%s)",
  (moduleResolution) => {
    writeFileSync(path.join(project, "typed.ts"), TYPED);
    const module = moduleResolution === "node16" ? "node16" : "preserve";
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "ES2022",
      module,
      moduleResolution,
      skipLibCheck: true,
      types: [],
    };
    writeFileSync(path.join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
    expect(run(process.execPath, path.join(ROOT, "node_modules/typescript/bin/tsc"), "-p", ".")).toBe("");
  },
  60_000,
);

test("their declarations name no package that the user does not have", () => {
  const folder = path.join(modules, "@strata/constructs/lib");
  const texts = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".d.ts"))
    .map((file) => readFileSync(path.join(folder, file), "utf8"));
  const named = texts.flatMap((text) => [...text.matchAll(/from "([^.][^"]*)"/g)].map((match) => match[1] ?? ""));
  const peers = Object.keys(installed("@strata/constructs").peerDependencies);
  expect(named.filter((name) => !peers.some((peer) => name === peer || name.startsWith(`${peer}/`)))).toEqual([]);
});
