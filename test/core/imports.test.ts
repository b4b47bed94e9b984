import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { App } from "cdktf";
import { StrataError } from "../../constructs/core/errors";
import { type Imports, takeIn } from "../../constructs/core/imports";
import { LayerStack } from "../../constructs/core/layer-stack";
import { Remembered } from "../../constructs/core/remembered";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { loadImports } from "../../schema/imports";
import { clusterStack, refusal, render } from "../helpers/program";

const STACK = "l2-base-test";
const NAMESPACE = "kubernetes_namespace_v1.web_namespace_56F86F4A";

function build(app: App): void {
  const { stack, target } = clusterStack(app, STACK);
  new TenantNamespace(stack, "web", { target, name: "web" });
}

const withImports =
  (imports: Imports, complete = true) =>
  (app: App) => {
    build(app);
    takeIn(app, imports, { complete });
  };

describe("imports", () => {
  const address = addressOf("kubernetes_namespace_v1");

  test("become import blocks of their stack, and leave every other stack alone", () => {
    const other = (app: App) => new Remembered(new LayerStack(app, "l1-x", { layer: 1, backend: LOCAL }), "a", {});
    const plain = render((app) => {
      build(app);
      other(app);
    });
    const stacks = render((app) => {
      build(app);
      other(app);
      takeIn(app, { [STACK]: [{ to: address, id: "web" }] }, { complete: true });
    });
    const comment = { "//": expect.anything() };
    expect(stacks[STACK]).toEqual({ ...plain[STACK], ...comment, import: [{ to: address, id: "web" }] });
    expect(stacks["l1-x"]).toEqual(plain["l1-x"]);
  });

  test("change nothing where there are none", () => {
    expect(render(withImports({}))).toEqual(render(build));
    expect(render(withImports({ [STACK]: [] }))).toEqual(render(build));
  });

  test("have ids that Terraform takes literally", () => {
    const stacks = render(withImports({ [STACK]: [{ to: address, id: "a ${b} %{c}" }] }));
    expect(stacks[STACK]?.import).toEqual([{ to: address, id: "a $${b} %%{c}" }]);
  });

  test("into a stack that the configuration does not have are refused, with the nearest one", () => {
    const wrong = refusal(withImports({ "l2-bass-test": [{ to: address, id: "web" }] }));
    expect(wrong).toContain("takes objects into l2-bass-test, which is no stack of this configuration");
    expect(wrong).toContain(`Did you mean ${STACK}?`);
  });

  test("into a stack that a partial build leaves out wait for their turn", () => {
    const imports = { "l4-apps-staging": [{ to: "vultr_vpc.x", id: "1" }] };
    expect(render(withImports(imports, false), false)).toEqual(render(build, false));
  });

  test("to an address that the stack does not have are refused, with the nearest ones", () => {
    const wrong = refusal(withImports({ [STACK]: [{ to: address.slice(0, -1), id: "web" }] }));
    expect(wrong).toContain(`${STACK}: imports.json takes an object in at ${address.slice(0, -1)}`);
    expect(wrong).toContain(`Did you mean ${address}`);
  });
});

describe("imports.json", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-imports-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function load(content: unknown): Imports {
    const text = typeof content === "string" ? content : JSON.stringify(content, undefined, 2);
    writeFileSync(path.join(folder, "imports.json"), text);
    return loadImports(folder);
  }

  function refused(content: unknown): string {
    try {
      load(content);
    } catch (error) {
      if (error instanceof StrataError) return error.message;
      throw error;
    }
    throw new Error("the file was not refused");
  }

  test("need not be there", () => {
    expect(loadImports(path.join(folder, "nowhere"))).toEqual({});
  });

  test("is a mapping of stacks to targets and ids", () => {
    const imports = { "l2-base-a": [{ to: NAMESPACE, id: "web" }], "l1-network-a": [] };
    expect(load(imports)).toEqual(imports);
  });

  test("may take one id in twice where the kinds differ: a mount and a method of one path", () => {
    const imports = {
      "l2-secrets-a": [
        { to: "vault_mount.a", id: "x" },
        { to: "vault_auth_backend.a", id: "x" },
      ],
    };
    expect(load(imports)).toEqual(imports);
  });

  test.each<[string, unknown, string]>([
    ["what is no mapping", [], "Write a mapping of stacks to lists of imports"],
    ["a stack without a list", { a: {} }, "Write a list of imports"],
    ["an entry without an id", { a: [{ to: "vultr_vpc.a" }] }, "id is missing. Write what the provider imports"],
    ["an empty id", { a: [{ to: "vultr_vpc.a", id: "" }] }, "id is not valid"],
    ["an index", { a: [{ to: "vultr_vpc.a[0]", id: "1" }] }, "Write the address of a resource, such as vultr_vpc.main"],
    ["an unknown key", { a: [{ to: "vultr_vpc.a", id: "1", provider: "x" }] }, 'unknown key "provider"'],
    ["a broken file", "{", "not JSON"],
    ["an empty file", "", "not JSON"],
    ["one key twice", '{"a": [], "a": []}', "Map keys must be unique"],
  ])("refuses %s", (_, content, text) => {
    expect(refused(content)).toContain(text);
  });

  test("refuses one target twice, and one object twice, with the line", () => {
    const twice = (second: object) => refused({ a: [{ to: "vultr_vpc.a", id: "1" }, second] });
    expect(twice({ to: "vultr_vpc.a", id: "2" })).toMatch(/imports\.json:8 a\.1\.to\n\s+takes in a second object at/);
    expect(twice({ to: "vultr_vpc.b", id: "1" })).toMatch(/imports\.json:9 a\.1\.id\n\s+takes 1 in a second time/);
  });
});

const LOCAL = { type: "local" } as const;

function addressOf(type: string): string {
  const resource = render(build)[STACK]?.resource;
  const named: unknown = resource !== undefined && resource !== null ? Reflect.get(Object(resource), type) : {};
  return `${type}.${Object.keys(Object(named))[0]}`;
}
