import { createRequire } from "node:module";
import path from "node:path";
import gate from "../../../constructs/components/oauth2-proxy/values.generated.json";
import traefik from "../../../constructs/components/traefik/values.generated.json";
import { IMAGE } from "../../../constructs/components/vault/server";
import vault from "../../../constructs/components/vault/values.generated.json";
import { toolsFolder } from "../../../sandbox/tools/cache";
import { TOOLS, type Tool, variableOf } from "../../../sandbox/tools/catalogue";
import { requireTools, selectTools } from "../../../sandbox/tools/find";
import { readPins } from "../../../sandbox/tools/pins";
import { removeFolders, temporaryFolder } from "../support";

afterAll(removeFolders);

describe("the catalogue", () => {
  test("pins every tool in a module of its group, for a Go that there is", () => {
    for (const tool of TOOLS) {
      const pins = readPins(tool);
      expect(pins.version).toMatch(/^v\d/);
      expect(pins.minimumGo).toMatch(/^1\.2[4-6]/);
    }
    expect(new Set(TOOLS.map(({ name }) => name)).size).toBe(TOOLS.length);
  });

  test("makes helm and its provider from the same versions, so that what they share is compiled once", () => {
    const [helm, provider] = ["helm", "terraform-provider-helm"].map((name) => readPins(onlyTool(name)));
    expect(helm?.folder).toBe(provider?.folder);
  });

  test("takes every module of Kubernetes from the same release", () => {
    const { version, flags } = readPins(onlyTool("kube-apiserver"));
    expect(version).toBe("v1.34.4");
    expect(flags.at(-1)).toContain("k8s.io/component-base/version.gitVersion=v1.34.4");
    expect(flags.at(-1)).toContain("gitMinor=34");
  });

  test("repeats what production pins", () => {
    const pinned = Object.fromEntries(TOOLS.map(({ name, production }) => [name, production]));
    for (const name of ["helm", "kubernetes", "vault"]) {
      expect(pinned[`terraform-provider-${name}`]?.version).toBe(providerOf(name));
    }
    expect(pinned.vault).toEqual({ of: `chart vault ${vault.version}`, version: IMAGE.tag });
    // The version of an application stands in its chart only: whoever changes the chart looks it up.
    expect(pinned.traefik?.of).toBe(`chart traefik ${traefik.version}`);
    expect(pinned["oauth2-proxy"]?.of).toBe(`chart oauth2-proxy ${gate.version}`);
  });
});

describe("finding tools", () => {
  test("keeps them outside of the checkout", () => {
    expect(toolsFolder({ HOME: "/home/a" })).toBe("/home/a/.cache/strata/tools");
    expect(toolsFolder({ HOME: "/home/a", XDG_CACHE_HOME: "/c" })).toBe("/c/strata/tools");
    expect(toolsFolder({ HOME: "/home/a", XDG_CACHE_HOME: "relative" })).toBe("/home/a/.cache/strata/tools");
    expect(toolsFolder({ XDG_CACHE_HOME: "/c", STRATA_TOOLS_DIR: "/t" })).toBe("/t");
  });

  test("names the variable of a tool", () => {
    expect(variableOf("kube-apiserver")).toBe("STRATA_TOOL_KUBE_APISERVER");
  });

  test("tells which tools there are", () => {
    expect(() => selectTools(["etcd", "etc"])).toThrow(/There is no tool etc\. The tools are helm, etcd, kwok/);
  });

  test("tells how to build what is missing", () => {
    const env = { STRATA_TOOLS_DIR: temporaryFolder() };
    expect(() => requireTools(["kwok", "etcd"], { env })).toThrow("npm run sandbox:tools -- --only etcd kwok");
  });
});

function providerOf(name: string): string {
  const require = createRequire(__filename);
  const file = path.join(path.dirname(require.resolve(`@cdktf/provider-${name}/package.json`)), "package.json");
  return (require(file) as { cdktf: { provider: { version: string } } }).cdktf.provider.version;
}

function onlyTool(name: string): Tool {
  const [tool] = selectTools([name]);
  if (tool === undefined) throw new Error(`There is no tool ${name}.`);
  return tool;
}
