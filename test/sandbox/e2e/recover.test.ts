import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { App } from "cdktf";
import { takeIn } from "../../../constructs/core/imports";
import { renderProgram } from "../../../constructs/core/synth";
import { writeProgram } from "../../../constructs/core/synth/output";
import { ServedClusters } from "../../../sandbox/clusters/served";
import { type RunningProviders, startProviders } from "../../../sandbox/providers";
import { type RunningFaces, serveFaces } from "../../../sandbox/providers/http";
import { openTerraform, type SandboxTerraform } from "../../../sandbox/run/terraform";
import { loadImports } from "../../../schema/imports";
import { loadPlatform } from "../../../schema/load";
import { describeProgram } from "../../../stacks/description";
import { buildProgram } from "../../../stacks/program";
import { strata } from "../../cli/support/session";
import { exampleDir } from "../../helpers/examples";
import { describeWithTerraform, removeFolders, temporaryFolder } from "../support";

jest.setTimeout(240_000);

const FOUNDATION = ["l1-edge-minimal-example", "l1-network-platform", "l1-cluster-platform"];
const PLATFORM = ["l2-base-platform", "l2-secrets-platform"];
/** What has to be imported, because making it a second time fails or makes a second object. */
const IMPORTED = /^(cloudflare_(dns_record|ruleset)|vultr_\w+|kubernetes_\w+|vault_(mount|auth_backend|audit))\./;

/**
 * The real program on the real Terraform, with simulated providers that forget nothing. Its world is looked at through
 * the HTTP APIs that it serves.
 */
describeWithTerraform("a platform whose states are lost", () => {
  const folder = temporaryFolder();
  const config = path.join(folder, "config");
  const out = path.join(folder, "cdktf.out");
  const clusters = new ServedClusters();
  let providers: RunningProviders;
  let faces: RunningFaces;
  let terraform: SandboxTerraform;

  beforeAll(async () => {
    cpSync(exampleDir("minimal"), config, { recursive: true });
    providers = await startProviders({ strict: true, journal: path.join(folder, "world.jsonl"), clusters });
    clusters.show(providers.world);
    faces = await serveFaces(providers.world);
    writeFileSync(path.join(folder, "vault.pem"), faces.vault.ca);
    mkdirSync(path.join(folder, "state"));
    terraform = openTerraform({ providers, folder });
    synth();
    for (const stack of [...FOUNDATION, ...PLATFORM]) await terraform.init(stackFolder(stack));
    await apply([...FOUNDATION, ...PLATFORM]);
  });

  afterAll(async () => {
    providers.stop();
    await faces.stop();
    await clusters.stop();
    removeFolders();
  });

  const stackFolder = (stack: string) => path.join(out, "stacks", stack);

  /** As main.ts does it. */
  function synth(): void {
    const app = new App({ outdir: out, stackTraces: false });
    const only = [...FOUNDATION, ...PLATFORM].join(",");
    const program = buildProgram(app, loadPlatform(config), { only, localState: true });
    takeIn(app, loadImports(config), { complete: program.complete });
    writeProgram(app, renderProgram(app, { complete: program.complete }), describeProgram(program));
  }

  async function apply(stacks: readonly string[]): Promise<void> {
    for (const stack of stacks) {
      const { code, output } = await terraform.apply(stackFolder(stack));
      if (code !== 0) throw new Error(`${stack}: ${output}`);
    }
  }

  /** What Terraform would import, create, change and destroy in these stacks. */
  async function plan(stacks: readonly string[]) {
    const changes: { readonly address: string; readonly actions: string }[] = [];
    for (const stack of stacks) {
      const planned = await terraform.plan(stackFolder(stack), "-out=plan");
      if (planned.code === 1) throw new Error(`${stack}: ${planned.output}`);
      const { output } = await terraform.run(stackFolder(stack), "show", "-json", "plan");
      const { resource_changes = [] } = JSON.parse(output) as { resource_changes?: Change[] };
      for (const { mode, address, change } of resource_changes) {
        const actions = [...(change.importing === undefined ? [] : ["import"]), ...change.actions].join(" ");
        if (mode === "managed" && actions !== "no-op") changes.push({ address, actions });
      }
    }
    return changes;
  }

  const recover = (...args: string[]) =>
    strata(["recover", "--dir", out, "--config", config, ...args], {
      cwd: folder,
      env: {
        ...terraform.env,
        VULTR_API_URL: faces.vultr,
        CLOUDFLARE_BASE_URL: faces.cloudflare,
        VAULT_ADDR: faces.vault.address,
        VAULT_CACERT: path.join(folder, "vault.pem"),
      },
    });

  /** Recovers once and deploys in order; what is there must be taken in, and none of it made again. */
  async function recoverAndDeploy(stacks: readonly string[]): Promise<readonly string[]> {
    const { code, err } = await recover();
    expect({ code, problems: err.replaceAll(/^.*(comes first|to import).*$/gm, "").trim() }).toEqual({
      code: 0,
      problems: "",
    });
    synth();
    const imported: string[] = [];
    for (const stack of stacks) {
      const changes = await plan([stack]);
      const wrong = changes.filter(
        ({ address, actions }) => IMPORTED.test(address) && !/^import (no-op|update)$/.test(actions),
      );
      expect(wrong).toEqual([]);
      expect(changes.filter(({ actions }) => actions.includes("delete"))).toEqual([]);
      imported.push(...changes.filter(({ actions }) => actions.startsWith("import")).map(({ address }) => address));
      const applied = await terraform.run(stackFolder(stack), "apply", "-input=false", "-no-color", "plan");
      if (applied.code !== 0) throw new Error(`${stack}: ${applied.output}`);
    }
    return imported;
  }

  it("is taken in again in two rounds, without a second object", async () => {
    const before = providers.world.countByType();
    rmSync(path.join(folder, "state"), { recursive: true });
    mkdirSync(path.join(folder, "state"));
    // The API servers are reached through the state of their cluster, which has to be taken in first.
    const first = await recoverAndDeploy(FOUNDATION);
    const second = await recoverAndDeploy(PLATFORM);
    const lost = Object.entries(before).filter(([type]) => IMPORTED.test(`${type}.`));
    expect([...first, ...second]).toHaveLength(lost.reduce((sum, [, count]) => sum + count, 0));
    expect(providers.world.countByType()).toEqual(before);
    const { code, out: said } = await recover();
    expect(code).toBe(0);
    expect(said).toContain("the state has it now");
    expect(loadImports(config)).toEqual({});
    synth();
    expect(await plan([...FOUNDATION, ...PLATFORM])).toEqual([]);
  });
});

interface Change {
  readonly mode: string;
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly importing?: object };
}
