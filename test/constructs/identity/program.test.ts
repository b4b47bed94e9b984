import { identityDocument } from "../../../constructs/core/identity";
import { declarations } from "../../../constructs/core/secrets";
import type { Platform } from "../../../schema/model";
import type { ProgramOptions } from "../../../stacks/context";
import { loadExample, synthesize } from "../../helpers/examples";
import { resourcesOf } from "../../helpers/program";

const acme = loadExample("acme");

function built(platform: Platform = acme, options: ProgramOptions = {}) {
  const { context, stacks } = synthesize(platform, options);
  return { stacks, document: identityDocument(context.app), secrets: declarations(context.app).secrets };
}

describe("the example organisation", () => {
  const { document, stacks, secrets } = built();

  it("signs people on by password unless GitHub is asked for", () => {
    expect(acme.identity).toEqual({ engine: "casdoor", github: false });
    expect(document.providers.map(({ signIn }) => signIn)).toEqual([{ password: true }]);
    expect(secrets.map(({ path }) => path)).not.toContain("clusters/platform/casdoor-github");
  });

  it("with GitHub asks a person for the OAuth app's credentials, both of them", () => {
    const { document, secrets } = built({ ...acme, identity: { engine: "casdoor", github: true } });
    const path = "clusters/platform/casdoor-github";
    expect(document.providers.map(({ signIn }) => signIn)).toEqual([
      { password: true, github: { path, clientId: "client_id", clientSecret: "client_secret" } },
    ]);
    const [declared] = secrets.filter((secret) => secret.path === path);
    expect(declared).toMatchObject({ keys: { client_id: { kind: "supplied" }, client_secret: { kind: "supplied" } } });
  });

  it("gives each guarded host a redirect URI in its environment, at the gate of its cluster", () => {
    const guarded = document.redirects.map(({ uri, client, environment }) => ({ uri, client, environment }));
    expect(guarded.length).toBeGreaterThan(0);
    for (const { uri, client } of guarded) {
      const [, host, gate] = /^https:\/\/([^/]+)\/oauth2\/([a-z0-9-]+)\/callback$/.exec(uri) ?? [];
      expect(host).toBeDefined();
      expect(client).toMatch(new RegExp(`^gate-[a-z0-9-]+-${gate}$`));
    }
    for (const { name } of acme.environments) expect(guarded.map(({ environment }) => environment)).toContain(name);
  });

  it("declares every group that somebody may be in, with whoever names it", () => {
    const named = new Set([
      ...document.clients.flatMap(({ groups }) => groups),
      ...document.groups.map(({ name }) => name),
    ]);
    const wanted = [acme, ...acme.environments].flatMap(({ access }) => Object.keys(access));
    const gates = acme.clusters.flatMap((cluster) => Object.values(cluster.gates).flatMap(({ groups }) => groups));
    for (const group of [...wanted, ...gates]) expect(named).toContain(group);
  });

  it("asks for groups in tokens as the provider writes them, with its organisation in front", () => {
    const roles = stacks.flatMap(({ json }) => resourcesOf(json, "vault_jwt_auth_backend_role"));
    expect(roles.length).toBeGreaterThan(0);
    for (const { bound_claims: claims } of roles) {
      expect(claims).toMatchObject({
        azp: "vault",
        groups: expect.stringMatching(/^acme\/[a-z0-9-]+(,acme\/[a-z0-9-]+)*$/),
      });
    }
  });

  it("has Vault as a client whose secret operators read, and nothing in a cluster", () => {
    const client = document.clients.find(({ name }) => name === "vault");
    expect(client).toMatchObject({ secret: { path: "clusters/platform/vault-sign-on", key: "client_secret" } });
    expect(secrets.find(({ path }) => path === "clusters/platform/vault-sign-on")?.readers).toEqual([]);
  });
});

it("a build of an environment knows its own redirect URIs and groups, and says that it is a part", () => {
  const [environment] = acme.environments.filter(({ apps }) => apps.openpanel !== undefined);
  const name = environment?.name ?? "";
  const { document } = built(acme, { environment: name });
  expect(document.complete).toBe(false);
  expect(new Set(document.redirects.map((redirect) => redirect.environment))).toEqual(new Set([name]));
  expect(built().document.complete).toBe(true);
});
