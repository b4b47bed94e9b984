import { LayerStack } from "../../constructs/core/layer-stack";
import type { StateBackend } from "../../constructs/core/state-backend";
import { render } from "../helpers/program";

const S3: StateBackend = { type: "s3", bucket: "states", region: "us-east-1", endpoint: "https://fra1.example" };

const stack = (backend: StateBackend) =>
  render((app) => {
    const one = new LayerStack(app, "l4-apps-a", { layer: 4, backend });
    one.publish("zone", one.read({ id: "l1-edge-a", backend }, "zone_id"));
  })["l4-apps-a"];

test("local state lies beside the output folder, by a relative path", () => {
  expect(stack({ type: "local" })).toMatchObject({
    terraform: { backend: { local: { path: "../../../state/l4-apps-a.tfstate" } } },
    data: { terraform_remote_state: { "l1-edge-a": { config: { path: "../../../state/l1-edge-a.tfstate" } } } },
  });
});

test("an S3 state is encrypted, locked by conditional writes, and keyed by stack", () => {
  expect(stack(S3)).toMatchObject({
    terraform: { backend: { s3: { key: "strata/l4-apps-a.tfstate", encrypt: true, use_lockfile: true } } },
  });
});

test("a reader asks for encryption too, or it could not read a state that a key of its owner's encrypts", () => {
  expect(stack(S3)).toMatchObject({ data: { terraform_remote_state: { "l1-edge-a": { config: { encrypt: true } } } } });
});

test("neither a backend nor its readers hold credentials", () => {
  expect(JSON.stringify(stack(S3))).not.toMatch(/access_key|secret_key|token|password/);
});

test("a lock mode that the store can't honour is a choice of the configuration", () => {
  expect(stack({ ...S3, useLockfile: false })).toMatchObject({
    terraform: { backend: { s3: { use_lockfile: false } } },
  });
});

test("Terraform older than write-only arguments is refused by the stack itself", () => {
  expect(stack(S3)).toMatchObject({ terraform: { required_version: ">= 1.11.0" } });
});
