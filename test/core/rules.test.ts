import { Policy } from "@cdktf/provider-vault/lib/policy";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { TerraformDataSource, TerraformOutput, TerraformResource } from "cdktf";
import { LayerStack } from "../../constructs/core/layer-stack";
import { claimOwnership } from "../../constructs/core/ownership";
import { Remembered } from "../../constructs/core/remembered";
import { declareSecret } from "../../constructs/core/secrets";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { clusterStack, refusal, refusals, render } from "../helpers/program";

const LOCAL = { backend: { type: "local" } } as const;
const SECRET = { path: "staging/app", description: "", keys: {}, readers: [] };

test("two stacks of one id are refused before cdktf lets one overwrite the other", () => {
  expect(
    refusal((app) => {
      const stack = new LayerStack(app, "l1-edge-a", { layer: 1, ...LOCAL });
      claimOwnership(stack, "stack", "l1-edge-a");
    }),
  ).toContain("stack l1-edge-a has 2 owners");
});

test("a namespace has one owner in the whole program", () => {
  expect(
    refusal((app) => {
      const { stack, target } = clusterStack(app);
      new TenantNamespace(stack, "one", { target, name: "data-staging" });
      new TenantNamespace(stack, "two", { target, name: "data-staging" });
    }),
  ).toMatch(/namespace test\/data-staging has 2 owners: .*one, .*two\. Keep it in one of them/);
});

test("a Vault path is declared once", () => {
  expect(
    refusal((app) => {
      const { stack } = clusterStack(app);
      declareSecret(stack, SECRET);
      declareSecret(stack, SECRET);
    }),
  ).toContain("vault-path staging/app has 2 owners");
});

test("two construct ids that become one logical id are refused: one resource would vanish", () => {
  expect(
    refusal((app) => {
      const stack = new LayerStack(app, "l1-edge-a", { layer: 1, ...LOCAL });
      new Remembered(stack, "a.b", {});
      new Remembered(stack, "ab", {});
    }),
  ).toContain("l1-edge-a/ab: has the logical id terraform_data.ab, which l1-edge-a/a.b has too");
});

test("a stack depends on lower layers only", () => {
  expect(
    refusal((app) => {
      const data = new LayerStack(app, "l3-data-a", { layer: 3, ...LOCAL });
      const base = new LayerStack(app, "l2-base-a", { layer: 2, ...LOCAL });
      new TerraformOutput(base, "x", { value: base.read(data.ref, "x") });
    }),
  ).toContain("stack l2-base-a depends on l3-data-a, which stands above it");
});

test("reading a stack that is part of the build orders the deployment after it", () => {
  render((app) => {
    const edge = new LayerStack(app, "l1-edge-a", { layer: 1, ...LOCAL });
    const apps = new LayerStack(app, "l4-apps-a", { layer: 4, ...LOCAL });
    apps.publish("x", apps.read(edge.ref, "zone_id"));
    expect(apps.dependencies).toEqual([edge]);
  });
});

test("a token of another stack is refused: published facts are the only way across", () => {
  const issues = refusals((app) => {
    const low = new LayerStack(app, "l1-edge-a", { layer: 1, ...LOCAL });
    const high = new LayerStack(app, "l4-apps-a", { layer: 4, ...LOCAL });
    const record = new Remembered(low, "record", {});
    new TerraformOutput(high, "id", { value: record.getStringAttribute("id") });
  });
  expect(issues.map((issue) => issue.problem)).toEqual(["refers to terraform_data.record, which is not in this stack"]);
});

test("a provider is never configured from a resource of its own stack", () => {
  expect(
    refusal((app) => {
      const stack = new LayerStack(app, "l2-secrets-a", { layer: 2, ...LOCAL });
      const vault = new Remembered(stack, "vault", {});
      new VaultProvider(stack, "provider", { address: vault.getStringAttribute("id") });
      new Policy(stack, "policy", { name: "x", policy: "" });
    }),
  ).toContain("is configured from terraform_data.vault of the same stack");
});

test("every failure of the whole tree is reported at once, with its construct path", () => {
  const issues = refusals((app) => {
    const { stack, target } = clusterStack(app);
    new TenantNamespace(stack, "bad", { target, name: "Not A Label" });
    declareSecret(stack, SECRET);
    declareSecret(stack, SECRET);
  });
  expect(issues.map((issue) => issue.where)).toEqual(["the program", "l2-base-test/bad"]);
});

test("prevent_destroy is all that naming a stack for destruction takes away", () => {
  const build = (allowDestroy: boolean) =>
    render((app) => {
      const { stack, target } = clusterStack(app, "l3-data-a", allowDestroy);
      new TenantNamespace(stack, "ns", { target, name: "data-a", protection: "retain" });
    }, false);
  const text = (allowDestroy: boolean) => JSON.stringify(build(allowDestroy), null, 2).split("\n");
  const [kept, freed] = [text(false), text(true)];
  expect(kept.filter((line) => !freed.includes(line)).map((line) => line.trim())).toEqual(['"prevent_destroy": true']);
});

test.each([
  ["a sleep", "time_sleep", "time_sleep is not used here"],
  ["a manifest that needs its CRD at plan time", "kubernetes_manifest", "kubernetes_manifest is not used here"],
])("%s is refused", (_what, type, problem) => {
  expect(
    refusal((app) => {
      const { stack } = clusterStack(app);
      new TerraformResource(stack, "refused", { terraformResourceType: type });
    }),
  ).toContain(problem);
});

test("a data source that asks a service during the plan is refused", () => {
  expect(
    refusal((app) => {
      const { stack } = clusterStack(app);
      new TerraformDataSource(stack, "probe", { terraformResourceType: "http" });
    }),
  ).toContain("http is not used here. Check after the deployment");
});

test("an absolute path is refused: another checkout would synthesize other bytes", () => {
  expect(
    refusal((app) => {
      const { stack } = clusterStack(app);
      stack.addOverride("terraform.backend.local.path", "/home/me/state");
    }),
  ).toContain("holds an absolute path");
});
