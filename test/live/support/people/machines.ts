import { vaultNames } from "../../../../constructs/core/names";
import { serviceAccountToken } from "../service-account-tokens";
import { makeAccounts } from "../vault-accounts";
import { VAULT_STACKS } from "../vault-platform";
import { CI, ORGANISATION } from "./organisation";
import type { People } from "./people";

/** A machine has the stacks, and no secret. */
export function machineTests(people: People): void {
  const { platform } = people;

  describe("a machine that applies stacks", () => {
    test("logs in with the identity token of a CI job, of its repository and branch only", async () => {
      const logIn = (role: string, ref: string, repository = "acme/platform") =>
        people.logIn(
          "jwt-ci",
          role,
          people.signed({ issuer: CI, subject: "job", audience: "vault", more: { repository, ref } }),
        );
      const login = await logIn("deployer", "refs/heads/main");
      expect(login).toMatchObject({ policies: ["deployer"], seconds: 7200 });
      expect(await logIn("deployer", "refs/heads/other")).toMatch(/^400 .*bound claim/);
      expect(await logIn("deployer", "refs/heads/main", "somebody/fork")).toMatch(/bound claim/);
      expect(await logIn("operator", "refs/heads/main")).toMatch(/^400 /);
    });

    test("logs in as a service account of the central cluster", async () => {
      const cluster = platform.cluster("platform");
      await makeAccounts(cluster, "atlantis", ["atlantis", "other"]);
      const logIn = async (serviceAccount: string) => {
        // As the token that every pod has.
        const audiences = [vaultNames.apiAudience];
        const token = await serviceAccountToken(cluster, { namespace: "atlantis", serviceAccount }, audiences);
        return people.logIn("kubernetes-platform", "deployer-atlantis", people.kept(token));
      };
      expect(await logIn("atlantis")).toMatchObject({ policies: ["deployer"], seconds: 7200 });
      expect(await logIn("other")).toMatch(/^403 /);
    });

    test("plans everything, adds an environment, and takes it away again", async () => {
      const { token } = await people.signOn("deployer", ["pipelines"]);
      await platform.deployAs(token);
      const dev = {
        "environments/dev.yaml": {
          placement: { type: "shared" },
          access: { developers: "owner" },
          apps: { openpanel: {} },
        },
      };
      const stacks = people.synthesize({ ...ORGANISATION, ...dev }, [...VAULT_STACKS, "l3-data-dev"]);
      const folderOf = (id: string) => stacks.get(id) ?? "";
      // It was the operator who added the night watch, and a deployer may not take it away.
      expect(await platform.apply(folderOf("l2-services-platform"))).toContain("permission denied");
      for (const id of VAULT_STACKS) {
        if (id !== "l2-services-platform") expect(await platform.plan(folderOf(id))).toBe("no changes");
      }
      const data = folderOf("l3-data-dev");
      expect(await platform.apply(data)).toBe("applied");
      expect(await platform.plan(data)).toBe("no changes");
      expect((await people.signOn("dev-owner", ["developers"])).policies).toEqual(["dev-owner"]);
      expect((await platform.terraform.destroy(data)).code).toBe(0);
      expect(await people.logIn("sso", "dev-owner", people.person(["developers"]))).toMatch(/^400 /);
    });

    test("sees no secret, and changes neither what it may do nor the audit log", async () => {
      const { token } = await people.signOn("deployer", ["pipelines"]);
      for (const each of people.declared()) expect(await people.allowedOn(token, each)).toEqual([]);
      expect(await people.listing(token, "")).toBe(403);
      const policy = 'path "*" { capabilities = ["read"] }';
      const role = { role_type: "jwt", user_claim: "sub", bound_audiences: ["vault"], policies: ["operator"] };
      for (const request of [
        { method: "PUT", path: "sys/policies/acl/deployer", body: { policy } },
        { method: "PUT", path: "sys/policies/acl/operator", body: { policy } },
        { method: "POST", path: "auth/sso/role/deployer", body: role },
        { method: "POST", path: "auth/sso/role/operator", body: role },
        { method: "POST", path: "auth/sso/config", body: { oidc_discovery_url: CI } },
        { method: "POST", path: "auth/jwt-ci/role/deployer", body: role },
        { method: "POST", path: "auth/kubernetes-platform/role/deployer-atlantis", body: {} },
        { method: "DELETE", path: "sys/audit/file" },
        { method: "DELETE", path: "sys/mounts/secret" },
        { method: "POST", path: "sys/auth/other", body: { type: "userpass" } },
        { method: "POST", path: "auth/token/create", body: {} },
        { method: "GET", path: "sys/storage/raft/snapshot" },
      ] as const) {
        const { status } = await platform.ask({ ...request, token });
        expect({ ...request, status }).toEqual({ ...request, status: 403 });
      }
    });
  });
}
