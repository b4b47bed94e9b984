import path from "node:path";
import { z } from "zod";
import { ORGANISATION } from "./organisation";
import type { People } from "./people";

const report = z.object({ paths: z.array(z.object({ path: z.string(), version: z.int().optional() })) });

/** An operator runs the platform with his own login, and has no more than that takes. */
export function operatorTests(people: People): void {
  const { platform } = people;
  const { out } = platform.paths;

  async function versions(): Promise<Readonly<Record<string, number | undefined>>> {
    const { stdout } = await people.asOperator(["secrets", "status", "--dir", out, "--json"]);
    return Object.fromEntries(report.parse(JSON.parse(stdout)).paths.map(({ path, version }) => [path, version]));
  }

  describe("an operator", () => {
    test("fills Vault with strata secrets sync, and has it tell what is there", async () => {
      const supply = platform.declarations.secrets.flatMap(({ path, keys }) =>
        Object.keys(keys)
          .filter((key) => keys[key]?.kind === "supplied")
          .map((key) => `${path}:${key}`),
      );
      const args = ["secrets", "sync", "--dir", out, ...supply.flatMap((key) => ["--supply", `${key}=env:VALUE`])];
      expect(await people.asOperator(args, { VALUE: "supplied-by-a-person" })).toMatchObject({
        code: 0,
        stderr: expect.anything(),
      });
      expect(await people.asOperator(["secrets", "status", "--dir", out, "--json"])).toMatchObject({ code: 0 });
    });

    test("rotates a password of one environment, and nothing else changes", async () => {
      const before = await versions();
      const rotate = ["secrets", "rotate", "staging/openpanel", "postgres_password", "--dir", out];
      expect(await people.asOperator(rotate)).toMatchObject({ code: 0 });
      const changed = Object.entries(await versions()).filter(([path, version]) => before[path] !== version);
      expect(changed.map(([path]) => path)).toEqual(["staging/openpanel"]);
    });

    test("takes a snapshot, and may not bring one back", async () => {
      const file = path.join(platform.folder, "vault.snap");
      expect(await people.asOperator(["vault", "snapshot", "--out", file])).toMatchObject({ code: 0 });
      const { token } = await people.signOn("operator", ["operators"]);
      for (const each of ["snapshot", "snapshot-force"]) {
        const restore = { method: "POST", path: `sys/storage/raft/${each}`, token, body: {} } as const;
        expect((await platform.ask(restore)).status).toBe(403);
      }
    });

    test("purges what an environment left, and nothing of a cluster", async () => {
      const { token } = await people.signOn("operator", ["operators"]);
      const body = { data: { password: "of-an-environment-that-is-gone" }, options: { cas: 0 } };
      expect((await platform.ask({ method: "POST", path: "secret/data/dev/openpanel", token, body })).status).toBe(200);
      const purge = ["secrets", "purge", "dev", "--yes", "dev", "--dir", out];
      expect(await people.asOperator(purge)).toMatchObject({ code: 0 });
      expect((await platform.ask({ method: "GET", path: "secret/metadata/dev/openpanel", token })).status).toBe(403);
      const casdoor = { method: "DELETE", path: "secret/metadata/clusters/platform/casdoor", token } as const;
      expect((await platform.ask(casdoor)).status).toBe(403);
    });

    test("reads nothing that nobody declares", async () => {
      const { token } = await people.signOn("operator", ["operators"]);
      for (const undeclared of ["staging/other", "other", "clusters/platform/other", "staging/openpanel/deeper"]) {
        expect(await people.allowedOn(token, undeclared)).toEqual([]);
      }
    });

    test("applies every stack, and changes who operates the platform", async () => {
      const { token } = await people.signOn("operator", ["operators"]);
      await platform.deployAs(token);
      const access = { operators: "operator", "night-watch": "operator", pipelines: "deployer" };
      const stacks = people.synthesize({
        ...ORGANISATION,
        "platform.yaml": { ...ORGANISATION["platform.yaml"], access },
      });
      const services = stacks.get("l2-services-platform") ?? "";
      expect(await platform.plan(services)).toContain("1 to change");
      expect(await platform.apply(services)).toBe("applied");
      for (const stack of stacks.values()) expect(await platform.plan(stack)).toBe("no changes");
      expect((await people.signOn("operator", ["night-watch"])).policies).toEqual(["deployer", "operator"]);
    });
  });
}
