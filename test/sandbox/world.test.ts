import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { startProviders } from "../../sandbox/providers";
import {
  clusterConfig,
  connectionTo,
  describeWithTerraform,
  type Json,
  openWorkspace,
  removeFolders,
  temporaryFolder,
} from "./support";

jest.setTimeout(60_000);

const CONFIG: Json = {
  required: ["vultr", "kubernetes"],
  provider: { vultr: { api_key: "sandbox" }, kubernetes: connectionTo("c") },
  resource: {
    vultr_kubernetes: { c: clusterConfig() },
    kubernetes_namespace_v1: { web: { metadata: { name: "web" } } },
  },
};

describeWithTerraform("the world of the simulated providers", () => {
  afterAll(removeFolders);

  test("is rebuilt from the state files, so that the next run finds what the last one made", async () => {
    const folder = temporaryFolder();
    const first = await openWorkspace({}, folder);
    await first.apply(CONFIG);
    const [namespace] = first.providers.world.find("kubernetes_namespace_v1");
    first.stop();
    const second = await openWorkspace({ stateDir: folder }, folder);
    expect(second.providers.world.size).toBe(2);
    expect(second.providers.world.find("kubernetes_namespace_v1")).toEqual([namespace]);
    expect((await second.plan()).code).toBe(0);
    second.stop();
  });

  test("forgets what has no state", async () => {
    const folder = temporaryFolder();
    const first = await openWorkspace({}, folder);
    await first.apply(CONFIG);
    first.stop();
    rmSync(path.join(folder, "terraform.tfstate"));
    const second = await openWorkspace({ stateDir: folder }, folder);
    expect(second.providers.world.size).toBe(0);
    await second.apply(CONFIG);
    second.stop();
  });

  test("shows what is gone as a change", async () => {
    const space = await openWorkspace();
    await space.apply(CONFIG);
    space.providers.world.removeWhere(({ type }) => type === "kubernetes_namespace_v1");
    const { code, output } = await space.plan();
    expect(code).toBe(2);
    expect(output).toContain("1 to add");
    space.stop();
  });

  test("in strict mode keeps what has no state, so that it must be imported", async () => {
    const folder = temporaryFolder();
    const journal = path.join(folder, "world.jsonl");
    const strict = { strict: true, journal, stateDir: folder };
    const first = await openWorkspace(strict, folder);
    await first.apply(CONFIG);
    const { id } = first.state("vultr_kubernetes.c");
    first.stop();
    rmSync(path.join(folder, "terraform.tfstate"));
    const second = await openWorkspace(strict, folder);
    expect(second.providers.world.find("vultr_kubernetes").map((object) => object.id)).toEqual([id]);
    const imported = await second.terraform.run(folder, "import", "-no-color", "vultr_kubernetes.c", String(id));
    expect(imported.code).toBe(0);
    expect(await second.refused(CONFIG)).toContain('namespaces "web" already exists');
    second.stop();
    expect(readFileSync(journal, "utf8")).toContain("kubernetes_namespace_v1");
  });

  test("refuses to be strict without a journal", async () => {
    await expect(startProviders({ strict: true })).rejects.toThrow("Strict providers need the file of a journal.");
  });

  test("leaves an interrupted, empty state file alone", async () => {
    const folder = temporaryFolder();
    expect(existsSync(folder)).toBe(true);
    const space = await openWorkspace({ stateDir: folder }, folder);
    expect(space.providers.world.size).toBe(0);
    space.stop();
  });
});
