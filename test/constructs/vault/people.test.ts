import type { App } from "cdktf";
import { declareClient, type IdentityProvider, identityDocument } from "../../../constructs/core/identity";
import { LayerStack } from "../../../constructs/core/layer-stack";
import type { SecretDeclaration, SecretKey } from "../../../constructs/core/secrets";
import { policyText } from "../../../constructs/core/vault-policy";
import { EnvironmentPeople, type PeopleOf, SignOn, VaultProvider } from "../../../constructs/vault";
import { isAmong, operatorRules, peopleRules, vaultClient, vaultClientSecret } from "../../../constructs/vault/people";
import { refusals, render, resourcesOf, testApp } from "../../helpers/program";

const IDENTITY: IdentityProvider = {
  name: "main",
  engine: "casdoor",
  url: "https://sso.acme.example",
  organisation: { name: "acme", displayName: "acme" },
  domains: ["acme.example"],
  api: { path: "clusters/platform/casdoor", clientId: "sync_client_id", clientSecret: "sync_client_secret" },
  signIn: { password: true },
};

const generated: SecretKey = { kind: "generated", rule: { alphabet: "hex", length: 32 } };
const supplied: SecretKey = { kind: "supplied", description: "Account of the mail server" };

function secret(path: string, keys: Readonly<Record<string, SecretKey>>): SecretDeclaration {
  return { path, description: "", keys, readers: [] };
}

const SECRETS = [
  secret("staging/openpanel", { password: generated, saml_idp_metadata: supplied }),
  secret("staging/mail", { user: supplied, password: supplied }),
];

/** Of another S3-compatible store a person supplies the keys; they are the operators' nevertheless. */
const KEPT = [secret("staging/backups", { access_key: supplied, secret_key: supplied })];

/** Rights on a path of a policy, as `path: capabilities`. */
function rights(kind: PeopleOf): string[] {
  return policyText(peopleRules(kind, { environment: "staging", secrets: SECRETS, kept: KEPT }))
    .split("\n\n")
    .map((rule) =>
      rule
        .replaceAll(/path |[{}"\n]|capabilities = /g, "")
        .replaceAll(/ +/g, " ")
        .trim(),
    )
    .filter((rule) => !rule.startsWith("auth/token"));
}

describe("the policy of an environment's people", () => {
  it("lets a viewer see names and outlines", () => {
    expect(rights("viewer")).toEqual([
      "secret/metadata/staging/ [list]",
      "secret/subkeys/staging/backups [read]",
      "secret/subkeys/staging/mail [read]",
      "secret/subkeys/staging/openpanel [read]",
    ]);
  });

  it("lets a developer also set what only people supply, and read none of it", () => {
    expect(rights("developer").filter((rule) => !rights("viewer").includes(rule))).toEqual([
      "secret/data/staging/mail [create, patch]",
    ]);
  });

  it("lets an owner read, write and delete every declared path, each by its name", () => {
    expect(rights("owner").filter((rule) => !rights("viewer").includes(rule))).toEqual([
      "secret/data/staging/mail [read, create, patch]",
      "secret/metadata/staging/mail [delete]",
      "secret/data/staging/openpanel [read, create, patch]",
      "secret/metadata/staging/openpanel [delete]",
    ]);
  });

  test.each(["owner", "developer", "viewer"] as const)("has no wildcard: %s", (kind) => {
    expect(rights(kind).join("\n")).not.toMatch(/[*+]/);
  });
});

describe("the policy of operators", () => {
  const policy = policyText(operatorRules(["+/openpanel"], []));

  it("reads no value that is not declared", () => {
    const read = policy.match(/path "secret\/[^"]*" {\n {2}capabilities = \[[^\]]*"read"[^\]]*\]/g);
    expect(read?.map((rule) => rule.split('"')[1])).toEqual([
      "secret/data/+/openpanel",
      "secret/subkeys/+/openpanel",
      "secret/config",
    ]);
  });

  it("names paths of every environment by a pattern", () => {
    const patterns = ["+/openpanel", "clusters/+/gate-*"];
    const among = ["staging/openpanel", "clusters/prod/gate-main"];
    const others = ["staging/openpanel-runtime", "staging/a/openpanel", "clusters/prod/casdoor", "openpanel"];
    expect(among.filter((path) => isAmong(path, patterns))).toEqual(among);
    expect(others.filter((path) => isAmong(path, patterns))).toEqual([]);
  });
});

describe("the roles of people", () => {
  it("ask for one of the groups, and give a short login with nothing but its policy", () => {
    const stacks = part((app) => people(app, { owners: "owner", leads: "owner" }));
    expect(resourcesOf(stacks["l3-data-staging"], "vault_jwt_auth_backend_role")).toEqual([
      expect.objectContaining({
        backend: "sso",
        role_name: "staging-owner",
        role_type: "jwt",
        bound_audiences: ["vault"],
        bound_claims: { groups: "acme/owners,acme/leads", azp: "vault" },
        token_policies: ["staging-owner"],
        token_no_default_policy: true,
        token_ttl: 3600,
        token_max_ttl: 3600,
      }),
    ]);
  });

  it("exist for those only who have a group", () => {
    const stacks = part((app) => people(app, { developers: "viewer" }));
    expect(resourcesOf(stacks["l3-data-staging"], "vault_policy").map(({ name }) => name)).toEqual(["staging-viewer"]);
  });

  it("are refused for a group with a comma, which would be two", () => {
    const found = refusals((app) => people(app, { "a,b": "viewer" }), false).map(({ problem }) => problem);
    expect(found).toContainEqual(expect.stringContaining("is empty or has a comma"));
  });

  it("need their groups, which are declared for the environment", () => {
    const app = testApp();
    people(app, { owners: "owner", developers: "viewer" });
    expect(identityDocument(app)).toMatchObject({
      providers: [{ name: "main" }],
      groups: [
        { name: "developers", environment: "staging" },
        { name: "owners", environment: "staging" },
      ],
    });
  });

  it("have one owner in the whole program", () => {
    expect(
      refusalOfPart((app) => {
        const stack = people(app, { a: "viewer" });
        new EnvironmentPeople(stack, "again", {
          provider: new VaultProvider(stack, "vault-2", { alias: "second" }),
          identity: IDENTITY,
          environment: "staging",
          access: { b: "viewer" },
          secrets: SECRETS,
          kept: [],
        });
      }),
    ).toContain("vault-policy staging-viewer has 2 owners");
  });
});

describe("the way in for people", () => {
  const signOn = (access: Readonly<Record<string, "operator" | "deployer">>) =>
    part((app) => {
      const stack = new LayerStack(app, "l2-services-test", { layer: 2, backend: { type: "local" } });
      const provider = new VaultProvider(stack, "vault");
      new SignOn(stack, "sign-on", { provider, identity: IDENTITY, access });
    })["l2-services-test"];

  it("trusts the identity provider's tokens, and keeps no secret of it", () => {
    const [mount] = resourcesOf(signOn({}), "vault_jwt_auth_backend");
    expect(mount).toMatchObject({
      type: "jwt",
      path: "sso",
      oidc_discovery_url: "https://sso.acme.example",
      bound_issuer: "https://sso.acme.example",
    });
    expect(JSON.stringify(mount)).not.toMatch(/client_secret|client_id/);
  });

  it("is open to nobody when no group is named", () => {
    expect(resourcesOf(signOn({}), "vault_jwt_auth_backend_role")).toEqual([]);
  });

  it("gives an operator what a deployer has too", () => {
    const roles = resourcesOf(signOn({ ops: "operator", ci: "deployer" }), "vault_jwt_auth_backend_role");
    expect(roles.map(({ role_name, token_policies }) => [role_name, token_policies])).toEqual([
      ["operator", ["operator", "deployer"]],
      ["deployer", ["deployer"]],
    ]);
    expect(roles.map(({ bound_claims }) => bound_claims)).toEqual([
      { groups: "acme/ops", azp: "vault" },
      { groups: "acme/ci", azp: "vault" },
    ]);
  });

  it("is a client of its own, with a secret that nothing in a cluster reads", () => {
    const app = testApp();
    const stack = new LayerStack(app, "l2-services-test", { layer: 2, backend: { type: "local" } });
    const declared = { identity: IDENTITY, cluster: "platform", host: "vault.acme.example", groups: ["ops"] };
    expect(declareClient(stack, vaultClient(declared))).toMatchObject({ clientId: "vault", groups: ["acme/ops"] });
    expect(identityDocument(app).clients).toMatchObject([
      {
        name: "vault",
        redirectUris: ["https://vault.acme.example/ui/vault/auth/sso/oidc/callback"],
        claims: ["preferred_username", "email", "groups"],
        secret: { path: "clusters/platform/vault-sign-on", key: "client_secret" },
      },
    ]);
    expect(vaultClientSecret("platform")).toMatchObject({ path: "clusters/platform/vault-sign-on", readers: [] });
  });
});

it("the provider uses the token it is given, and makes no other of it", () => {
  const stacks = part((app) => people(app, {}));
  expect(stacks["l3-data-staging"]?.provider).toMatchObject({ vault: [{ skip_child_token: true }] });
});

function people(app: App, access: Readonly<Record<string, PeopleOf>>): LayerStack {
  const stack = new LayerStack(app, "l3-data-staging", { layer: 3, backend: { type: "local" } });
  const provider = new VaultProvider(stack, "vault");
  new EnvironmentPeople(stack, "people", {
    provider,
    identity: IDENTITY,
    environment: "staging",
    access,
    secrets: SECRETS,
    kept: [],
  });
  return stack;
}

/** A part of a program: what the identity provider needs is declared elsewhere. */
function part(build: (app: App) => void) {
  return render(build, false);
}

function refusalOfPart(build: (app: App) => void): string {
  return refusals(build, false)
    .map(({ problem }) => problem)
    .join("\n");
}
