import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type RunningProviders, startProviders } from "../../sandbox/providers";
import { hasTerraform, openTerraform } from "../../sandbox/run/terraform";
import { loadExample, synthesize, writeSynthesized } from "../helpers/examples";

jest.setTimeout(180_000);

const ready = hasTerraform();
if (!ready && process.env.CI === "true") throw new Error("CI needs Terraform to validate the stacks");
// A visible skip: without Terraform nothing can say that a configuration is valid.
const validated = ready ? test : test.skip;

let providers: RunningProviders;
const folder = mkdtempSync(path.join(tmpdir(), "strata-validate-"));
beforeAll(async () => {
  providers = await startProviders();
});
afterAll(() => {
  providers.stop();
  rmSync(folder, { recursive: true, force: true });
});

validated.each(["acme", "minimal"] as const)(
  "`terraform validate` accepts every stack of examples/%s against the real providers' schemas",
  async (example) => {
    const synthesized = synthesize(loadExample(example));
    const out = writeSynthesized(synthesized);
    const terraform = openTerraform({ providers, folder });
    const failed: string[] = [];
    const waiting = synthesized.stacks.map(({ id }) => id);
    const work = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        const stack = path.join(out, "stacks", id);
        const outcomes = [await terraform.init(stack), await terraform.validate(stack)];
        failed.push(...outcomes.filter(({ code }) => code !== 0).map(({ output }) => `${id}: ${output}`));
      }
    };
    await Promise.all([work(), work()]);
    expect(failed).toEqual([]);
  },
);
