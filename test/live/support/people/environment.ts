import { z } from "zod";
import type { People } from "./people";

/** The people of an environment have what their role says of it, and nothing else. */
export function environmentTests(people: People): void {
  const { platform } = people;
  const { out } = platform.paths;

  describe("the people of an environment", () => {
    test("an owner reads and writes its paths, each by its name, and nothing of another environment", async () => {
      const { token, policies, seconds } = await people.signOn("staging-owner", ["everybody", "staging-owners"]);
      expect(policies).toEqual(["staging-owner"]);
      expect(seconds).toBe(3600);
      for (const each of people.declared()) {
        // The keys of its backups are the platform's.
        const own = each.endsWith("/backups") ? ["look"] : ["read", "look", "patch"];
        const allowed = each.startsWith("staging/") ? own : [];
        expect({ path: each, allowed: await people.allowedOn(token, each) }).toEqual({ path: each, allowed });
      }
      expect(await people.allowedOn(token, "staging/other")).toEqual([]);
      expect(await people.listing(token, "staging/")).toEqual(["backups", "openpanel", "openpanel-runtime"]);
      for (const other of ["", "prod/", "clusters/"]) expect(await people.listing(token, other)).toBe(403);
    });

    test("an owner sets a value, and deletes a path", async () => {
      const { token } = await people.signOn("staging-owner", ["staging-owners"]);
      const request = { path: "secret/data/staging/openpanel-runtime", token };
      const body = { data: { cookie_secret: "set-by-its-owner" }, options: { cas: 1 } };
      expect((await platform.ask({ ...request, method: "PATCH", body })).status).toBe(200);
      expect((await platform.ask({ ...request, method: "GET" })).body).toMatchObject({ data: { data: body.data } });
      const metadata = { path: "secret/metadata/staging/openpanel-runtime", token };
      expect((await platform.ask({ ...metadata, method: "DELETE" })).status).toBe(204);
      expect(await people.asOperator(["secrets", "sync", "--dir", out])).toMatchObject({ code: 0 });
    });

    test("a developer and a viewer see outlines and no value", async () => {
      for (const [role, group] of [
        ["staging-developer", "developers"],
        ["staging-viewer", "support"],
        ["prod-viewer", "developers"],
      ] as const) {
        const { token } = await people.signOn(role, [group]);
        const environment = role.split("-")[0] ?? "";
        for (const path of people.declared()) {
          const allowed = path.startsWith(`${environment}/`) ? ["look"] : [];
          expect({ role, path, allowed: await people.allowedOn(token, path) }).toEqual({ role, path, allowed });
        }
        const { body } = await platform.ask({ method: "GET", path: `secret/subkeys/${environment}/openpanel`, token });
        const outline = z.object({ data: z.object({ subkeys: z.record(z.string(), z.null()) }) }).parse(body);
        expect(Object.keys(outline.data.subkeys)).toContain("postgres_password");
      }
    });

    test.each([
      { role: "staging-owner", group: "staging-owners" },
      { role: "staging-developer", group: "developers" },
      { role: "staging-viewer", group: "support" },
    ])("$role has strata secrets status tell what is there of its environment", async (somebody) => {
      const status = ["secrets", "status", "--dir", out, "--json"];
      const own = await people.asPerson(somebody, [...status, "--environment", "staging"]);
      expect(own).toMatchObject({ code: 0 });
      const told = z.object({ paths: z.array(z.object({ path: z.string() })) }).parse(JSON.parse(own.stdout));
      const declared = people.declared().filter((each) => each.startsWith("staging/"));
      expect(told.paths.map((each) => each.path)).toEqual(declared);
      expect(await people.asPerson(somebody, [...status, "--environment", "prod"])).toMatchObject({ code: 1 });
    });

    test("nobody of them does anything else with Vault", async () => {
      for (const [role, group] of [
        ["staging-owner", "staging-owners"],
        ["staging-viewer", "support"],
      ] as const) {
        const { token } = await people.signOn(role, [group]);
        for (const request of [
          { method: "LIST", path: "secret/metadata" },
          { method: "GET", path: "sys/policies/acl/operator" },
          { method: "PUT", path: `sys/policies/acl/${role}`, body: { policy: 'path "*" { capabilities = ["read"] }' } },
          { method: "POST", path: "auth/token/create", body: {} },
          { method: "GET", path: "sys/storage/raft/snapshot" },
          { method: "GET", path: "sys/audit" },
          { method: "GET", path: "auth/sso/config" },
        ] as const) {
          const { status } = await platform.ask({ ...request, token });
          expect({ ...request, status }).toEqual({ ...request, status: 403 });
        }
      }
    });
  });
}
